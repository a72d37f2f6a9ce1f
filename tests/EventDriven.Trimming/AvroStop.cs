namespace EventDriven.Trimming;

/// <summary>A part of it that is a struct.</summary>
internal readonly record struct AvroStop(string City, double Latitude);

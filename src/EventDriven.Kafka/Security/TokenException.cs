namespace EventDriven.Kafka.Security;

/// <summary>A token could not be had. The message names no secret: it goes to the client, and from there to logs and health.</summary>
internal sealed class TokenException(string message) : EventDrivenException(message, null);

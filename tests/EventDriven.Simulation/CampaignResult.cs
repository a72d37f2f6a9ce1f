namespace EventDriven.Simulation;

/// <summary>How a campaign has ended.</summary>
/// <param name="Passed">How many schedules have passed.</param>
/// <param name="Failure">The failure with the lowest seed; null where there is none.</param>
internal sealed record CampaignResult(long Passed, Failure? Failure);

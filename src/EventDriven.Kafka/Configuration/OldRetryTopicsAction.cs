namespace EventDriven.Kafka;

/// <summary>What to do with retry topics of earlier policies, whose delays were removed or changed since.</summary>
public enum OldRetryTopicsAction
{
    /// <summary>Read them too, with the same handler: an event that fails there goes on with the next step of the policy that holds now.</summary>
    Drain = 0,

    /// <summary>Do not read them. While they hold events that the group has not finished, the consumer does not go on, and names them.</summary>
    Refuse,
}

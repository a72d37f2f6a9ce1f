namespace EventDriven.Kafka.Consuming;

/// <summary>What a group's refusals mean and what to do about them, in words.</summary>
internal static class GroupErrors
{
    public static string Describe(SourceError error, EventConsumerOptions options) => error.Kind switch
    {
        SourceErrorKind.InstanceFenced =>
            $"another member of the group '{options.Group}' has the same {nameof(options.InstanceId)} '{options.InstanceId}' and has taken this one's place ({error.Code}). "
            + "It is not started again, since the two would push one another out without end. Give each process an id of its own, then restart this one.",
        SourceErrorKind.InstanceInUse =>
            $"another member of the group '{options.Group}' has the {nameof(options.InstanceId)} '{options.InstanceId}' ({error.Code}). "
            + "If it is a process that crashed, its place is free once its session is over. If not, give each process an id of its own.",
        SourceErrorKind.UnsupportedProtocol when error.Code == nameof(Confluent.Kafka.ErrorCode.GroupIdNotFound) =>
            $"the group '{options.Group}' has members of the classic protocol, and the brokers let no group change its protocol while it has members (group.consumer.migration.policy). "
            + $"Set {nameof(options.GroupProtocol)} to {nameof(ConsumerGroupProtocol.Auto)} or {nameof(ConsumerGroupProtocol.Classic)} until they are gone.",
        SourceErrorKind.UnsupportedProtocol =>
            $"the brokers do not have the group protocol of KIP-848 ({error.Code}: {error.Reason.TrimEnd('.')}). "
            + $"Set {nameof(options.GroupProtocol)} to {nameof(ConsumerGroupProtocol.Auto)} or {nameof(ConsumerGroupProtocol.Classic)}.",
        SourceErrorKind.GroupRefused =>
            $"live members of the group '{options.Group}' share its partitions by another assignor than {options.ClassicAssignor} ({error.Code}). "
            + $"Set {nameof(options.ClassicAssignor)} to theirs, or stop them all first.",
        _ => $"{error.Code}: {error.Reason}",
    };
}

using Confluent.Kafka;
using EventDriven.Kafka.Security;

namespace EventDriven.Kafka.Consuming;

/// <content>What the client's errors mean, and what to do about them.</content>
internal sealed partial class ConfluentRecordSource
{
    private void OnError(Error error)
    {
        if (_tokens?.HasTold(error) != true) _listener?.OnError(ToSourceError(error));
    }

    private SourceError ToSourceError(Error error, string? topic = null) => new(
        KindOf(error),
        error.Code.ToString(),
        SecurityRemedies.ForConsumer(error.Code, _group, topic) is { } remedy
            ? $"{error.Reason.TrimEnd('.')}. {remedy}"
            : SecurityRemedies.WithRemedy(error.Code, error.Reason));

    private SourceErrorKind KindOf(Error error) => error.Code switch
    {
        // A group with members of the classic protocol does not exist for the other one, where brokers do not let the two be mixed.
        ErrorCode.UnsupportedVersion or ErrorCode.Local_UnsupportedFeature or ErrorCode.GroupIdNotFound when _consumerProtocol && error.IsFatal =>
            SourceErrorKind.UnsupportedProtocol,
        ErrorCode.InconsistentGroupProtocol => SourceErrorKind.GroupRefused,
        ErrorCode.FencedInstanceId => SourceErrorKind.InstanceFenced,
        ErrorCode.UnreleasedInstanceId => SourceErrorKind.InstanceInUse,
        _ when error.IsFatal => SourceErrorKind.Fatal,
        // With tokens the next one may be accepted: the client goes on with it by itself.
        ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication when _tokens is not null => SourceErrorKind.Passing,
        ErrorCode.TopicAuthorizationFailed => SourceErrorKind.TopicRefused,
        ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed
            or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication => SourceErrorKind.Fatal,
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition => SourceErrorKind.UnknownTopic,
        _ => SourceErrorKind.Passing,
    };
}

using Confluent.Kafka;

namespace EventDriven.Kafka.Failures;

/// <summary>Our headers of a record in a retry topic, as they came. Read in one pass: however many headers others have put there, the poll thread looks at each once.</summary>
internal struct RetryHeaders
{
    public OnlyHeader Group;
    public OnlyHeader OriginalTopic;
    public OnlyHeader OriginalPartition;
    public OnlyHeader OriginalOffset;
    public OnlyHeader OriginalTimestamp;
    public OnlyHeader Attempts;
    public OnlyHeader Step;
    public OnlyHeader Redriven;
    public OnlyHeader DueAt;

    public static RetryHeaders Read(Headers? headers)
    {
        var read = default(RetryHeaders);
        for (var i = 0; i < headers?.Count; i++)
        {
            if (headers[i] is { Key: { } name } header && name.StartsWith(FailureHeaders.Prefix, StringComparison.Ordinal)) read.Note(name, header);
        }

        return read;
    }

    private void Note(string name, IHeader header)
    {
        switch (name)
        {
            case FailureHeaders.Group:
                Group.Note(header.GetValueBytes());
                break;

            case FailureHeaders.OriginalTopic:
                OriginalTopic.Note(header.GetValueBytes());
                break;

            case FailureHeaders.OriginalPartition:
                OriginalPartition.Note(header.GetValueBytes());
                break;

            case FailureHeaders.OriginalOffset:
                OriginalOffset.Note(header.GetValueBytes());
                break;

            case FailureHeaders.OriginalTimestamp:
                OriginalTimestamp.Note(header.GetValueBytes());
                break;

            case FailureHeaders.Attempts:
                Attempts.Note(header.GetValueBytes());
                break;

            case FailureHeaders.Step:
                Step.Note(header.GetValueBytes());
                break;

            case FailureHeaders.Redriven:
                Redriven.Note(header.GetValueBytes());
                break;

            case FailureHeaders.DueAt:
                DueAt.Note(header.GetValueBytes());
                break;
        }
    }
}

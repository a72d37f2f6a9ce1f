namespace EventDriven.Kafka.Pipeline;

/// <summary>Sees to it that each step of the pipeline is entered at most once in an attempt.</summary>
internal static class PipelineSteps
{
    /// <param name="context">The context.</param>
    /// <param name="step">The step that is entered, from 0.</param>
    /// <param name="caller">The middleware whose <c>next</c> leads here.</param>
    /// <exception cref="InvalidOperationException">The step was entered before, or the attempt is over.</exception>
    public static void Enter(EventContext context, int step, string caller)
    {
        if (context.NextStep != step)
        {
            throw new InvalidOperationException(
                $"{caller} called next a second time at {Coordinates(context)}, or after its attempt. The rest of the pipeline runs once in an attempt; to try again is the failure policy's task.");
        }

        context.NextStep = step + 1;
    }

    public static string Coordinates(EventContext context) => $"{context.Topic}[{context.Partition}]@{context.Offset}";
}

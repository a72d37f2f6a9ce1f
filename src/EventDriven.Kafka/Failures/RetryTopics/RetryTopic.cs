namespace EventDriven.Kafka.Failures;

/// <summary>A topic in which events of one group and source wait for another attempt.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">The topic that the events were read from first.</param>
/// <param name="Delay">How long an event waits in it.</param>
/// <param name="Step">The step of the policy that it stands for, from 0: of one that is not configured any more, the last whose delay is not longer; -1 where none is.</param>
/// <param name="IsOld">Whether the policy does not write to it: it is there from an earlier one.</param>
internal sealed record RetryTopic(string Name, string Source, RetryDelay Delay, int Step, bool IsOld);

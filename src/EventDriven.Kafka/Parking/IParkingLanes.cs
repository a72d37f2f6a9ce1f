using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Parking;

/// <summary>The lanes of the assignment that parks. All is called while its gate is held.</summary>
internal interface IParkingLanes
{
    /// <summary>The position of the assignment.</summary>
    Position Position { get; }

    /// <summary>The offset of the last source record received; -1 before the first.</summary>
    long LastReceived { get; }

    /// <summary>The offset of the lowest source record received that is not finished; the position where there is none. What is between the position and it does not exist.</summary>
    long LowestOpen { get; }

    /// <summary>Whether nothing parked may start: the partition is being given up.</summary>
    bool IsDraining { get; }

    /// <summary>The index is complete: what waited for it may start.</summary>
    void OnIndexComplete();

    /// <summary>Something of a key has changed: its first event may run, or a source record behind it may go on.</summary>
    void Wake(ParkedKey key);

    /// <summary>The next source record of a lane is parked.</summary>
    void OnParked(Lane lane);

    /// <summary>What waited because of the bound may start.</summary>
    void OnRoom();

    /// <summary>No append is left that a drain waits for.</summary>
    void OnAppendsEnded();
}

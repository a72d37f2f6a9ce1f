using System.Globalization;
using System.Text;
using EventDriven.Chaos.Services;

namespace EventDriven.Chaos.Driving;

/// <summary>Reads the logs of the members as they grow, for what is shown while the run goes on, and to know when everything is finished. It judges nothing.</summary>
internal sealed class LogWatch(string folder)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, (long Position, string Tail)> _files = [];
    private readonly HashSet<(string Topic, int Partition, long Offset)> _finished = [];
    private readonly Dictionary<(string Service, long Second), int> _perSecond = [];
    private readonly List<VitalSigns> _vitals = [];
    private readonly Dictionary<long, List<long>> _latencies = [];
    private readonly Lock _gate = new();
    private int _ready;
    private long _handled;
    private long _duplicates;

    /// <summary>How many members were ready so far.</summary>
    public int Ready => Volatile.Read(ref _ready);

    public long Handled => Interlocked.Read(ref _handled);

    public long Duplicates => Interlocked.Read(ref _duplicates);

    /// <summary>Finished attempts by service and second of the monotonic clock.</summary>
    public IReadOnlyDictionary<(string Service, long Second), int> PerSecond
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<(string Service, long Second), int>(_perSecond);
            }
        }
    }

    public IReadOnlyList<VitalSigns> Vitals
    {
        get
        {
            lock (_gate)
            {
                return [.. _vitals];
            }
        }
    }

    /// <summary>Microseconds from production to start, of first attempts, by second.</summary>
    public IReadOnlyDictionary<long, long[]> Latencies
    {
        get
        {
            lock (_gate)
            {
                return _latencies.ToDictionary(static pair => pair.Key, static pair => pair.Value.ToArray());
            }
        }
    }

    public bool IsFinished(string topic, int partition, long offset)
    {
        lock (_gate)
        {
            return _finished.Contains((topic, partition, offset));
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_interval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Read();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Reads what was added since the last time.</summary>
    public void Read()
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.runs"))
        {
            var (position, rest) = _files.GetValueOrDefault(file, (0, ""));
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Position = position;
            var bytes = new byte[stream.Length - position];
            stream.ReadExactly(bytes);
            var lines = (rest + Encoding.UTF8.GetString(bytes)).Split('\n');
            _files[file] = (position + bytes.Length, lines[^1]);
            lock (_gate)
            {
                foreach (var line in lines.AsSpan(0, lines.Length - 1))
                {
                    Take(Path.GetFileNameWithoutExtension(file), line.Split('\t'));
                }
            }
        }
    }

    private void Take(string member, string[] parts)
    {
        var second = Number(parts[0]) / Monotonic.Second;
        switch (parts[1])
        {
            case "ready":
                Interlocked.Increment(ref _ready);
                break;

            case "start" when parts[8] == "1" && parts[2] != ChaosService.WithRetryTopics.Name:
                if (!_latencies.TryGetValue(second, out var ofSecond))
                {
                    _latencies[second] = ofSecond = [];
                }

                ofSecond.Add(Number(parts[10]));
                break;

            case "handled" or "filtered":
                if (_finished.Add((parts[3], (int)Number(parts[4]), Number(parts[5]))))
                {
                    Interlocked.Increment(ref _handled);
                }
                else
                {
                    Interlocked.Increment(ref _duplicates);
                }

                _perSecond[(parts[2], second)] = _perSecond.GetValueOrDefault((parts[2], second)) + 1;
                break;

            case "vitals":
                _vitals.Add(new VitalSigns(member, Number(parts[0]), Number(parts[2]), Number(parts[3]), (int)Number(parts[4]), (int)Number(parts[5])));
                break;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

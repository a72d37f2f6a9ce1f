using System.Globalization;
using EventDriven.Kafka;

namespace EventDriven.Chaos;

/// <summary>What the command line asks for.</summary>
internal sealed record ChaosOptions
{
    public const string Usage =
        """
        Usage: EventDriven.Chaos [--minutes M] [--seed S] [--protocol classic|consumer] [--rate N] [--settle SECONDS] [--report DIR] [--keep]
               EventDriven.Chaos --soak [--minutes M] …      the same without faults, judged by slopes
               EventDriven.Chaos --storm [--runs N] [--events N] [--seconds S] [--seed S] [--protocol classic|consumer] [--report DIR]
        KAFKA_HOME names the Apache Kafka distribution whose brokers are started.
        """;

    public double Minutes { get; private set; } = 5;

    /// <summary>What is injected, when and where, and what the events do.</summary>
    public int Seed { get; private set; } = Random.Shared.Next(1, 1_000_000);

    /// <summary>The group protocol; by the seed unless given.</summary>
    public ConsumerGroupProtocol? Protocol { get; private set; }

    /// <summary>Events a second for each topic.</summary>
    public int Rate { get; private set; } = 150;

    /// <summary>How long everything may take to be finished once the faults have ended.</summary>
    public TimeSpan Settle { get; private set; } = TimeSpan.FromSeconds(90);

    public string? Report { get; private set; }

    /// <summary>Whether the logs of the members are kept when all is well too.</summary>
    public bool Keep { get; private set; }

    public bool Soak { get; private set; }

    public bool Storm { get; private set; }

    public int Runs { get; private set; } = 1;

    public int Events { get; private set; } = 1_000_000;

    /// <summary>How long the events of a storm take to be produced.</summary>
    public int Seconds { get; private set; } = 20;

    /// <summary>Null where the command line makes no sense.</summary>
    public static ChaosOptions? Parse(string[] args)
    {
        var options = new ChaosOptions();
        for (var i = 0; i < args.Length; i++)
        {
            if (!options.TryTake(args[i], i + 1 < args.Length ? args[i + 1] : "", out var takesValue))
            {
                return null;
            }

            i += takesValue ? 1 : 0;
        }

        return options;
    }

    private bool TryTake(string name, string value, out bool takesValue)
    {
        takesValue = true;
        switch (name)
        {
            case "--soak":
                Soak = true;
                takesValue = false;
                return true;

            case "--storm":
                Storm = true;
                takesValue = false;
                return true;

            case "--keep":
                Keep = true;
                takesValue = false;
                return true;

            case "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out var minutes) && minutes > 0:
                Minutes = minutes;
                return true;

            case "--protocol" when Enum.TryParse<ConsumerGroupProtocol>(value, ignoreCase: true, out var protocol) && protocol != ConsumerGroupProtocol.Auto:
                Protocol = protocol;
                return true;

            case "--report" when value.Length > 0:
                Report = value;
                return true;

            default:
                return int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0 && TryTakeNumber(name, number);
        }
    }

    private bool TryTakeNumber(string name, int number)
    {
        switch (name)
        {
            case "--seed":
                Seed = number;
                return true;

            case "--rate":
                Rate = number;
                return true;

            case "--settle":
                Settle = TimeSpan.FromSeconds(number);
                return true;

            case "--runs":
                Runs = number;
                return true;

            case "--events":
                Events = number;
                return true;

            case "--seconds":
                Seconds = number;
                return true;

            default:
                return false;
        }
    }
}

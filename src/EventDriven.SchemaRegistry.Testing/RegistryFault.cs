namespace EventDriven.SchemaRegistry.Testing;

/// <summary>Something that goes wrong with the answers of an <see cref="EmbeddedSchemaRegistry"/>.</summary>
public sealed class RegistryFault
{
    private RegistryFault(string name) => Name = name;

    /// <summary>Every connection is closed without an answer, as where nothing listens.</summary>
    public static RegistryFault Unreachable { get; } = new(nameof(Unreachable));

    /// <summary>No answer ever comes.</summary>
    public static RegistryFault Silence { get; } = new(nameof(Silence));

    /// <summary>A page of HTML with status 200, as of a portal that stands in between.</summary>
    public static RegistryFault Html { get; } = new(nameof(Html)) { Status = 200, ContentType = "text/html", Body = "<html><body>Please sign in.</body></html>" };

    /// <summary>Bytes that are no JSON, with status 200.</summary>
    public static RegistryFault Garbage { get; } = new(nameof(Garbage)) { Status = 200, ContentType = "application/vnd.schemaregistry.v1+json", Body = "{\"schema\": \u0001" };

    /// <summary>JSON with status 200 that has nothing of what was asked for.</summary>
    public static RegistryFault EmptyObject { get; } = new(nameof(EmptyObject)) { Status = 200, ContentType = "application/vnd.schemaregistry.v1+json", Body = "{}" };

    /// <summary>A body that begins like a schema and never ends.</summary>
    public static RegistryFault EndlessBody { get; } = new(nameof(EndlessBody)) { Status = 200, ContentType = "application/vnd.schemaregistry.v1+json", Body = "{\"schema\": \"" };

    internal string Name { get; }

    internal int Status { get; private init; }

    internal string ContentType { get; private init; } = "application/vnd.schemaregistry.v1+json";

    internal string Body { get; private init; } = "";

    internal string? RetryAfter { get; private init; }

    internal string? Location { get; private init; }

    internal bool OnlyDelays { get; private init; }

    internal TimeSpan Delay { get; private init; }

    /// <summary>An error of the registry.</summary>
    /// <param name="status">The HTTP status, such as 503.</param>
    /// <param name="code">The registry's code, such as 50003; 0 for that of the status.</param>
    /// <param name="message">Its words.</param>
    /// <returns>The fault.</returns>
    public static RegistryFault Error(int status, int code = 0, string message = "Injected.") => new(nameof(Error))
    {
        Status = status,
        Body = RegistryApi.Describe(new RegistryError(status, code == 0 ? status : code, message)).ToJsonString(),
    };

    /// <summary>429, and when to come again.</summary>
    /// <param name="retryAfter">The header <c>Retry-After</c>, in seconds.</param>
    /// <returns>The fault.</returns>
    public static RegistryFault TooManyRequests(TimeSpan retryAfter) => new(nameof(TooManyRequests))
    {
        Status = 429,
        RetryAfter = ((int)retryAfter.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture),
        Body = RegistryApi.Describe(new RegistryError(429, 429, "Too many requests.")).ToJsonString(),
    };

    /// <summary>307 to another address, with path and query of the request behind it.</summary>
    /// <param name="to">The address; null for the registry's own, so that the redirection has no end.</param>
    /// <returns>The fault.</returns>
    public static RegistryFault Redirect(string? to) => new(nameof(Redirect)) { Status = 307, Location = to ?? "" };

    /// <summary>The right answer, later.</summary>
    /// <param name="delay">How much later.</param>
    /// <returns>The fault.</returns>
    public static RegistryFault Slow(TimeSpan delay) => new(nameof(Slow)) { OnlyDelays = true, Delay = delay };

    /// <inheritdoc/>
    public override string ToString() => Name;
}

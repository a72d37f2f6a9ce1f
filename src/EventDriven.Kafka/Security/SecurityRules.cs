using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Security;

/// <summary>What must hold between the security options of a cluster, so that a mistake is told at start and not by a broker.</summary>
internal static class SecurityRules
{
    private const string Section = nameof(KafkaClusterOptions.Security);

    /// <summary>Settings of the client that name a file.</summary>
    private static readonly string[] FileSettings =
        ["ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.keystore.location", "ssl.crl.location"];

    public static void Check(string subject, KafkaSecurityOptions options, ICollection<ConfigurationError> errors)
    {
        CheckUser(subject, options, errors);
        CheckTls(subject, options, errors);
        CheckFile(subject, nameof(options.CaFile), options.CaFile, errors);
        CheckFile(subject, nameof(options.CertificateFile), options.CertificateFile, errors);
        CheckFile(subject, nameof(options.KeyFile), options.KeyFile, errors);
    }

    /// <summary>The settings of the client that say the same as the section: one of the two would be ignored.</summary>
    public static void CheckAgainstClient(string subject, KafkaClusterOptions cluster, ICollection<ConfigurationError> errors)
    {
        foreach (var (name, _) in SecuritySettings.Of(cluster.Security))
        {
            foreach (var alias in name == "sasl.mechanism" ? ["sasl.mechanism", "sasl.mechanisms"] : new[] { name })
            {
                if (cluster.Client.ContainsKey(alias)) errors.Add(new ConfigurationError(subject, $"Client:{alias}", $"the section {Section} sets it too. Remove one of the two."));
            }
        }
    }

    /// <summary>Tells of files that are not there or can't be read, and takes them out of the settings, since the client would only say it again.</summary>
    public static Dictionary<string, string> WithoutAbsentFiles(string subject, IEnumerable<KeyValuePair<string, string>> settings, ICollection<ConfigurationError> errors)
    {
        var rest = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in settings) rest[name] = value;
        foreach (var name in FileSettings)
        {
            // For authorities the client also takes the word "probe", and folders.
            if (!rest.TryGetValue(name, out var path) || path == "probe" || Directory.Exists(path) || FileProblem(path) is not { } problem) continue;

            rest.Remove(name);
            // Those of the section have been told with it.
            if (!errors.Any(error => error.Subject == subject && error.Problem == problem)) errors.Add(new ConfigurationError(subject, $"Client:{name}", problem));
        }

        return rest;
    }

    private static void CheckUser(string subject, KafkaSecurityOptions options, ICollection<ConfigurationError> errors)
    {
        if (SecuritySettings.UsesPassword(options.Authentication))
        {
            if (string.IsNullOrEmpty(options.UserName)) Add(nameof(options.UserName), $"is empty, and {options.Authentication} needs one. Set it.");
            if (string.IsNullOrEmpty(options.Password)) Add(nameof(options.Password), $"is empty, and {options.Authentication} needs one. Set it from where secrets are kept: an environment variable, a vault, user secrets.");
            return;
        }

        if (options.UserName is not null) Add(nameof(options.UserName), NotUsed(options));
        if (options.Password is not null) Add(nameof(options.Password), NotUsed(options));

        void Add(string property, string problem) => errors.Add(new ConfigurationError(subject, $"{Section}:{property}", problem));
    }

    private static string NotUsed(KafkaSecurityOptions options) =>
        $"is set, but {nameof(options.Authentication)} is {options.Authentication}, which has no use for it. Set {nameof(options.Authentication)} to Plain, ScramSha256 or ScramSha512, or remove it.";

    private static void CheckTls(string subject, KafkaSecurityOptions options, ICollection<ConfigurationError> errors)
    {
        if (options.Tls == false && SecuritySettings.HasTlsDetails(options))
        {
            errors.Add(new ConfigurationError(subject, $"{Section}:{nameof(options.Tls)}", "is false, but certificates, a key or VerifyHostName are set, which only an encrypted connection has. Set it to true, or remove them."));
        }

        if (options.CertificateFile is not null && options.KeyFile is null)
        {
            errors.Add(new ConfigurationError(subject, $"{Section}:{nameof(options.KeyFile)}", "is missing: a certificate is of no use without its private key. Set it; it may be the same file as CertificateFile."));
        }

        if (options.KeyFile is not null && options.CertificateFile is null)
        {
            errors.Add(new ConfigurationError(subject, $"{Section}:{nameof(options.CertificateFile)}", "is missing: a private key is of no use without its certificate. Set it; it may be the same file as KeyFile."));
        }

        if (options.KeyPassword is not null && options.KeyFile is null)
        {
            errors.Add(new ConfigurationError(subject, $"{Section}:{nameof(options.KeyPassword)}", "is set, but there is no KeyFile. Set KeyFile, or remove it."));
        }
    }

    private static void CheckFile(string subject, string property, string? path, ICollection<ConfigurationError> errors)
    {
        if (path is not null && FileProblem(path) is { } problem) errors.Add(new ConfigurationError(subject, $"{Section}:{property}", problem));
    }

    private static string? FileProblem(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return null;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"the file '{Path.GetFullPath(path)}' does not exist. Put it there, or correct the path.";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"the file '{path}' can't be read ({unreadable.GetType().Name}). Give this process the right to read it, or correct the path.";
        }
    }
}

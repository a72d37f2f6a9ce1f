using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace EventDriven.SchemaRegistry;

/// <summary>Finds everything that is wrong with the options of a registry before the host starts.</summary>
internal sealed class RegistryOptionsValidator(IEnumerable<RegistryRegistration> registrations) : IValidateOptions<SchemaRegistryOptions>
{
    private static readonly string[] Names = [.. typeof(SchemaRegistryOptions).GetProperties().Select(static property => property.Name).Order(StringComparer.Ordinal)];

    public ValidateOptionsResult Validate(string? name, SchemaRegistryOptions options)
    {
        var mine = registrations.Where(registration => registration.Name == name).ToArray();
        if (mine.Length == 0) return ValidateOptionsResult.Skip;

        var problems = new List<string>();
        if (mine.Length > 1) problems.Add("AddSchemaRegistry: several registries have this name. Give each a section, and so a name, of its own.");
        foreach (var registration in mine) CheckSection(registration, problems);
        CheckUrls(options, mine[0], problems);
        CheckAuthentication(options, problems);
        CheckFile(nameof(options.CaCertificate), options.CaCertificate, problems);
        CheckFile(nameof(options.ClientCertificate), options.ClientCertificate, problems);
        CheckRanges(options, problems);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Select(problem => $"schema registry '{name}', {problem}"));
    }

    private static void CheckSection(RegistryRegistration registration, List<string> problems)
    {
        foreach (var child in registration.Section?.GetChildren() ?? [])
        {
            if (!Names.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                problems.Add($"{child.Path}: there is no option of this name. Correct it to one of {string.Join(", ", Names)}, or remove it.");
            }
            else if (RegistryOptionsBinder.TryBind(registration.Section!, child, new SchemaRegistryOptions()) is { } problem)
            {
                problems.Add($"{child.Key}: the value '{child.Value}' of {child.Path} can't be read. {problem}");
            }
        }
    }

    private static void CheckUrls(SchemaRegistryOptions options, RegistryRegistration registration, List<string> problems)
    {
        if (options.Urls.Count == 0 && !registration.HasOwnClient()) problems.Add("Urls: there is none. Set the address of the registry, such as https://registry:8081.");
        foreach (var url in options.Urls)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || url.Contains(',', StringComparison.Ordinal))
            {
                problems.Add($"Urls: '{url}' is no address of a registry. Write it with http:// or https://, each in an entry of its own.");
            }
            else if (uri.UserInfo.Length > 0)
            {
                problems.Add($"Urls: the address of {uri.Host} has credentials in it, which would be told in logs. Set Username and Password.");
            }
        }
    }

    private static void CheckAuthentication(SchemaRegistryOptions options, List<string> problems)
    {
        string?[] ways = [options.Username, options.BearerToken, options.OAuthTokenEndpoint];
        if (ways.Count(static way => !string.IsNullOrEmpty(way)) > 1)
        {
            problems.Add("Username, BearerToken, OAuthTokenEndpoint: more than one way to authenticate is set. Leave one.");
        }

        if (string.IsNullOrEmpty(options.Username) != string.IsNullOrEmpty(options.Password)) problems.Add("Username, Password: one is set without the other. Set both, or none.");
        if (options.Username?.Contains(':', StringComparison.Ordinal) is true || (options.Username is not null && options.Password?.Contains(':', StringComparison.Ordinal) is true))
        {
            problems.Add("Username, Password: the registry client can't send a ':' in either. Choose others.");
        }

        if (string.IsNullOrEmpty(options.OAuthTokenEndpoint))
        {
            if (options.OAuthClientId is not null || options.OAuthClientSecret is not null || options.OAuthScope is not null)
            {
                problems.Add("OAuthTokenEndpoint: is not set, but other settings of OAuth are. Set it, or remove them.");
            }
        }
        else
        {
            if (!Uri.TryCreate(options.OAuthTokenEndpoint, UriKind.Absolute, out _)) problems.Add($"OAuthTokenEndpoint: '{options.OAuthTokenEndpoint}' is no address.");
            if (string.IsNullOrEmpty(options.OAuthClientId)) problems.Add("OAuthClientId: is not set, and OAuth needs it.");
            if (string.IsNullOrEmpty(options.OAuthClientSecret)) problems.Add("OAuthClientSecret: is not set, and OAuth needs it.");
            if (string.IsNullOrEmpty(options.OAuthScope)) problems.Add("OAuthScope: is not set, and the registry client needs it.");
        }

        if (options.Context is { } context && (context.Length == 0 || context.Any(static character => character is ':' or '/' || char.IsControl(character) || char.IsWhiteSpace(character))))
        {
            problems.Add($"Context: '{context}' is no name of a context. Write it without the colons.");
        }
    }

    private static void CheckFile(string property, string? path, List<string> problems)
    {
        if (!string.IsNullOrEmpty(path) && !File.Exists(path)) problems.Add($"{property}: there is no file '{path}'.");
    }

    private static void CheckRanges(SchemaRegistryOptions options, List<string> problems)
    {
        foreach (var property in typeof(SchemaRegistryOptions).GetProperties())
        {
            var value = property.GetValue(options);
            if (value is Enum && !Enum.IsDefined(value.GetType(), value)) problems.Add($"{property.Name}: is {value}, which does not exist. Set one of {string.Join(", ", Enum.GetNames(value.GetType()))}.");
            if (Attribute.GetCustomAttribute(property, typeof(RangeAttribute)) is RangeAttribute range && !range.IsValid(value))
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{property.Name}: is {value}. Set it from {range.Minimum} to {range.Maximum}."));
            }
        }

        CheckTime(nameof(options.RequestTimeout), options.RequestTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10), problems);
        CheckTime(nameof(options.TimeBudget), options.TimeBudget, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), problems);
        CheckTime(nameof(options.LatestTtl), options.LatestTtl, TimeSpan.Zero, TimeSpan.FromDays(7), problems);
        CheckTime(nameof(options.UnknownTtl), options.UnknownTtl, TimeSpan.Zero, TimeSpan.FromHours(1), problems);
        if (options.RequestTimeout > options.TimeBudget) problems.Add($"RequestTimeout: is {options.RequestTimeout}, more than the TimeBudget of {options.TimeBudget}. Lower it, or raise TimeBudget.");
    }

    private static void CheckTime(string property, TimeSpan value, TimeSpan least, TimeSpan most, List<string> problems)
    {
        if (value < least || value > most) problems.Add($"{property}: is {value}. Set it from {least} to {most}.");
    }
}

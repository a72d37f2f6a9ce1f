namespace EventDriven.Kafka.Serialization;

/// <summary>What the library looks at in a media type such as <c>application/json; charset=utf-8</c>.</summary>
internal static class MediaType
{
    /// <summary>The type without its parameters.</summary>
    public static ReadOnlySpan<char> Essence(ReadOnlySpan<char> mediaType)
    {
        var end = mediaType.IndexOf(';');
        return (end < 0 ? mediaType : mediaType[..end]).Trim();
    }

    /// <summary>Whether what it names is JSON: <c>*/json</c> or <c>*/*+json</c>.</summary>
    public static bool IsJson(ReadOnlySpan<char> mediaType)
    {
        var essence = Essence(mediaType);
        return essence.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || (essence.Contains('/') && essence.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether its text is UTF-8: by a <c>charset</c> that says so, or for want of one.</summary>
    public static bool IsUtf8(ReadOnlySpan<char> mediaType)
    {
        foreach (var range in mediaType.Split(';'))
        {
            var parameter = mediaType[range].Trim();
            if (parameter.StartsWith("charset=", StringComparison.OrdinalIgnoreCase))
            {
                var charset = parameter["charset=".Length..].Trim().Trim('"');
                return charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
            }
        }

        return true;
    }
}

using System.Net;
using Confluent.SchemaRegistry;

namespace EventDriven.SchemaRegistry;

/// <summary>Sorts what the client throws.</summary>
internal static class RegistryErrors
{
    private const int LongestReason = 1024;

    /// <param name="registry">The name of the registry.</param>
    /// <param name="wanted">What it was asked for, as in "The registry was asked for …".</param>
    /// <param name="thrown">What the client threw.</param>
    public static RegistryRequestException Of(string registry, string wanted, Exception thrown)
    {
        if (thrown is RegistryRequestException sorted) return sorted;

        var (failure, code, reason) = Sort(thrown);
        return new RegistryRequestException($"Schema registry '{registry}', asked for {wanted}: {Bounded(reason)}", failure, code, thrown);
    }

    private static (RegistryFailure Failure, int? Code, string Reason) Sort(Exception thrown) => thrown switch
    {
        SchemaRegistryException answer => Sort(answer),

        // The client says so of a 401 without a body that it can read.
        HttpRequestException request when request.Message.Contains("HttpRequestException: Unauthorized", StringComparison.Ordinal) =>
            (RegistryFailure.Refused, 401, "it refuses these credentials (401)."),
        HttpRequestException request => (RegistryFailure.Unavailable, null, request.Message),
        OperationCanceledException or TimeoutException => (RegistryFailure.Unavailable, null, "it does not answer in time."),
        Newtonsoft.Json.JsonException => (RegistryFailure.Unavailable, null, "what answers is no schema registry: its answer is not the JSON that was expected. Look at the URL, and at what stands in between."),

        // Whatever a client stumbles over in an answer that makes no sense. No event is to blame.
        _ => (RegistryFailure.Unavailable, null, $"its answer can't be used ({thrown.GetType().Name}: {thrown.Message})"),
    };

    private static (RegistryFailure Failure, int? Code, string Reason) Sort(SchemaRegistryException answer)
    {
        int? code = answer.ErrorCode > 0 ? answer.ErrorCode : null;
        var reason = Reason(answer);
        return answer.Status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => (RegistryFailure.Refused, code, $"it refuses this client ({(int)answer.Status}): {reason}"),
            HttpStatusCode.NotFound when code is 40401 or 40402 or 40403 => (RegistryFailure.Absent, code, $"{reason} ({code})"),
            HttpStatusCode.Conflict => (RegistryFailure.Incompatible, code, reason),
            HttpStatusCode.UnprocessableEntity => (RegistryFailure.Invalid, code, $"{reason} ({code})"),
            HttpStatusCode.BadRequest when code is not null => (RegistryFailure.Invalid, code, reason),
            _ => (RegistryFailure.Unavailable, code, $"what answers is no schema registry, or can't serve now: {(int)answer.Status} {answer.Status}. {reason}"),
        };
    }

    /// <summary>The registry's own words, without what the client puts behind them.</summary>
    private static string Reason(SchemaRegistryException answer)
    {
        var end = answer.Message.LastIndexOf("; error code:", StringComparison.Ordinal);
        return end < 0 ? answer.Message : answer.Message[..end];
    }

    private static string Bounded(string reason) => reason.Length <= LongestReason ? reason : string.Concat(reason.AsSpan(0, LongestReason), "…");
}

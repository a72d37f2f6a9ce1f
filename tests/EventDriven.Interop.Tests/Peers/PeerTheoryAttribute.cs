using System.Runtime.CompilerServices;

namespace EventDriven.Interop.Tests.Peers;

/// <summary>A theory that needs the clients of others; skipped, with the reason, where there are none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = PeerDistribution.HowToRun;
        SkipType = typeof(PeerDistribution);
        SkipUnless = nameof(PeerDistribution.IsPresent);
    }
}

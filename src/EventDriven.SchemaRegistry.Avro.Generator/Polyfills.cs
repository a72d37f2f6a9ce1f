// What newer C# asks of .NET Standard 2.0.
#pragma warning disable IDE0130, SA1403
namespace System
{
    /// <summary>For patterns of lists.</summary>
    internal readonly struct Index(int value, bool fromEnd = false)
    {
        public int GetOffset(int length) => fromEnd ? length - value : value;
    }
}

namespace System.Runtime.CompilerServices
{
    /// <summary>For records.</summary>
    internal static class IsExternalInit;
}

using System.Text.RegularExpressions;

namespace Corral.Coordinator.Tests.Api;

/// <summary>What every error must be.</summary>
internal static partial class BadInput
{
    public static void IsWhole((string Field, string Code, string Message) problem)
    {
        Assert.Matches(Code(), problem.Code);
        // At least two sentences: what is wrong, and the remedy.
        Assert.True(Sentences().Count(problem.Message) >= 2, $"No remedy: {problem}");
        Assert.DoesNotContain("Exception", problem.Message, StringComparison.Ordinal);
    }

    [GeneratedRegex("^[a-z0-9]+(_[a-z0-9]+)*$")]
    private static partial Regex Code();

    [GeneratedRegex(@"[.:;](\s|$)")]
    private static partial Regex Sentences();
}

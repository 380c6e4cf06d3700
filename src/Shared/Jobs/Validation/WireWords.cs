namespace Corral.Shared.Jobs.Validation;

/// <summary>The words that stand for enum values in the job document.</summary>
internal static class WireWords
{
    public const string SharedWorkspace = "shared";
    public const string FreshWorkspace = "fresh";

    public static IReadOnlyList<string> ExpectModes { get; } = ["exact", "tokens", "float"];

    public static ExpectMode ExpectModeOf(string? word) => word switch
    {
        "exact" => ExpectMode.Exact,
        "tokens" => ExpectMode.Tokens,
        "float" => ExpectMode.Float,
        _ => ExpectMode.None,
    };

    public static string WordOf(ExpectMode mode) => ExpectModes[(int)mode - 1];
}

using System.Text.RegularExpressions;

namespace Corral.Architecture.Tests;

/// <summary>House rules that no analyzer holds.</summary>
public sealed partial class HouseRuleTests
{
    private const int LongestFile = 400;

    private static readonly IReadOnlyList<SourceFile> Code = [.. new[] { "src", "tests", "bench" }.SelectMany(folder => Checkout.Files(folder, ".cs"))];
    private static readonly IReadOnlyList<SourceFile> Product = [.. Code.Where(file => file.IsIn("src"))];

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Assert.Empty(Code.Where(file => file.Lines > LongestFile).Select(file => $"{file.Path}: {file.Lines}"));

    [Fact]
    public void No_file_is_a_drawer_for_odds_and_ends() =>
        Assert.Empty(Code.Where(file => Drawer().IsMatch(Path.GetFileName(file.Path))).Select(file => file.Path));

    [Fact]
    public void Nothing_is_left_to_do_in_a_comment_or_folded_away() =>
        // The pattern would find itself.
        Assert.Empty(Code.Where(file => !file.Path.EndsWith(nameof(HouseRuleTests) + ".cs", StringComparison.Ordinal)).SelectMany(file => file.Where(Unfinished())));

    [Fact]
    public void The_clock_is_always_the_one_that_was_handed_in() =>
        Assert.Empty(Product.SelectMany(file => file.Where(WallClock())));

    [Fact]
    public void No_test_sleeps() =>
        // Eventually asks again, a millisecond apart, for what the kernel announces to nobody: a group that is gone, a process reaped.
        // RandomMoment lets time pass because a kill at a random time is what is tested.
        Assert.Empty(Code.Where(file => file.IsIn("tests") && Path.GetFileName(file.Path) is not ("Eventually.cs" or "RandomMoment.cs")).SelectMany(file => file.Where(Sleep())));

    [Fact]
    public void Nothing_runs_without_an_owner_that_awaits_it() =>
        Assert.Empty(Product.SelectMany(file => file.Where(AsyncVoid())));

    [GeneratedRegex(@"(Helper|Helpers|Manager|Utils|Utilities|Misc|Common)\.cs$")]
    private static partial Regex Drawer();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|\bHACK\b|^\s*#region\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?Now\b")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"\bThread\.Sleep\(|\bTask\.Delay\((?!Timeout\.Infinite)")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\basync void\b")]
    private static partial Regex AsyncVoid();
}

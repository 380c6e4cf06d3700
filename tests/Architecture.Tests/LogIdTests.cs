using System.Globalization;
using System.Text.RegularExpressions;

namespace Corral.Architecture.Tests;

/// <summary>Log ids: banded by room, each used once, so that an id in a log leads to one place.</summary>
public sealed partial class LogIdTests
{
    private static readonly (string Folder, int First)[] Bands =
    [
        ("src/Agent/Sandbox", 3_000),
        ("src/Agent", 2_000),
        ("src/Coordinator", 1_000),
        ("src/Grains.Local", 1_000),
        ("src/Cli", 4_000),
    ];

    private static readonly IReadOnlyList<(SourceFile File, int Id)> Ids =
    [
        .. Checkout.Files("src", ".cs").SelectMany(file => Message().Matches(file.Text).Select(match =>
            (file, int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture)))),
    ];

    [Fact]
    public void No_two_messages_have_one_id()
    {
        var twice = Ids.GroupBy(use => use.Id).Where(uses => uses.Count() > 1);
        Assert.Empty(twice.Select(uses => $"{uses.Key}: {string.Join(", ", uses.Select(use => use.File.Path))}"));
    }

    [Fact]
    public void Every_id_lies_in_its_rooms_band()
    {
        var strays = Ids.Where(use => !(use.Id / 1_000 * 1_000 == Bands.First(band => use.File.IsIn(band.Folder)).First));
        Assert.Empty(strays.Select(use => $"{use.File.Path}: {use.Id}"));
    }

    [Fact]
    public void Every_message_has_an_id()
    {
        var all = Checkout.Files("src", ".cs").Sum(file => Attribute().Count(file.Text));
        Assert.Equal(all, Ids.Count);
    }

    [GeneratedRegex(@"\[LoggerMessage\(\s*(EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex Message();

    [GeneratedRegex(@"\[LoggerMessage\(")]
    private static partial Regex Attribute();
}

namespace Corral.Grains.Tests;

/// <summary>
/// The members that grains can use, against the checked list src/Grains.Local/members.approved.txt.
/// The list as it would be now is left beside the test's assembly as members.received.txt.
/// </summary>
public sealed class MemberTests
{
    [Fact]
    public void The_runtimes_members_are_those_of_the_list()
    {
        var listed = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "members.approved.txt"));
        var actual = typeof(Grain).Assembly.GetExportedTypes()
            .OrderBy(IsOwn).ThenBy(type => type.Name, StringComparer.Ordinal)
            .SelectMany(type => PublicMembers.Of(type).Select(line => IsOwn(type) ? "own: " + line : line))
            .ToList();
        File.WriteAllLines(Path.Combine(AppContext.BaseDirectory, "members.received.txt"), actual);
        Assert.Equal(string.Join('\n', listed), string.Join('\n', actual));
    }

    /// <summary>What configures this runtime; Orleans has its own.</summary>
    private static bool IsOwn(Type type) => type == typeof(LocalGrainsOptions) || type == typeof(LocalGrainsHosting);
}

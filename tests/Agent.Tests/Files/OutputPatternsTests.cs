using Corral.Agent.Files;

namespace Corral.Agent.Tests.Files;

public sealed class OutputPatternsTests
{
    private static bool Matches(string pattern, string path)
    {
        var patterns = new OutputPatterns([pattern]);
        var state = patterns.Root;
        foreach (var name in path.Split('/'))
        {
            if (patterns.Enter(state, name) is not { } next)
                return false;
            state = next;
        }

        return patterns.IsMatch(state);
    }

    [Theory]
    [InlineData("a.txt", "a.txt", true)]
    [InlineData("a.txt", "b/a.txt", false)]
    [InlineData("*.txt", "a.txt", true)]
    [InlineData("*.txt", ".txt", true)]
    [InlineData("*.txt", "b/a.txt", false)]
    [InlineData("*", "a", true)]
    [InlineData("*", "a/b", false)]
    [InlineData("?", "ä", true)]
    [InlineData("??", "a", false)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("**/*.log", "x.log", true)]
    [InlineData("**/*.log", "a/b/c/x.log", true)]
    [InlineData("out/**/x", "out/x", true)]
    [InlineData("out/**/x", "out/a/b/x", true)]
    [InlineData("out/**/x", "in/a/x", false)]
    [InlineData("out/**", "out/a/b", true)]
    [InlineData("out/**", "out", false)]
    [InlineData("a/**/b/**/c", "a/b/x/b/y/c", true)]
    [InlineData("A", "a", false)]
    [InlineData("[ab]", "a", false)]
    public void A_pattern_matches_as_documented(string pattern, string path, bool expected) => Assert.Equal(expected, Matches(pattern, path));

    [Fact]
    public void Directories_that_no_pattern_can_reach_are_not_entered()
    {
        var patterns = new OutputPatterns(["out/*.txt"]);

        Assert.Null(patterns.Enter(patterns.Root, "node_modules"));
        Assert.True(patterns.CanMatchBeneath(patterns.Enter(patterns.Root, "out")!));
        Assert.False(patterns.CanMatchBeneath(patterns.Enter(patterns.Enter(patterns.Root, "out")!, "a.txt")!));
    }

    [Fact]
    public void A_pattern_of_stars_is_no_trap()
    {
        var stars = string.Concat(Enumerable.Repeat("*a", 100)) + "b";

        Assert.False(Matches(stars, new string('a', 255)));
        Assert.False(Matches(string.Concat(Enumerable.Repeat("**/", 60)) + "b", string.Join('/', Enumerable.Repeat("a", 1000))));
    }

    [Fact]
    public void A_pattern_with_too_many_names_is_named_and_matches_nothing()
    {
        var patterns = new OutputPatterns([string.Join('/', Enumerable.Repeat("a", 63)), "b"]);

        Assert.Single(patterns.TooLong);
        Assert.Null(patterns.Enter(patterns.Root, "a"));
        Assert.True(patterns.IsMatch(patterns.Enter(patterns.Root, "b")!));
    }
}

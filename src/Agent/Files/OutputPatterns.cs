namespace Corral.Agent.Files;

/// <summary>
/// Glob patterns over paths beneath <c>/box</c>. <c>*</c> and <c>?</c> match within one name, a leading dot included; <c>**</c> as a whole name matches any
/// number of directories, also none. Case counts. A walk carries a <see cref="State"/> down the tree, so directories that no pattern can reach are not read.
/// </summary>
internal sealed class OutputPatterns
{
    /// <summary>A state is one bit a name, so a pattern has at most this many names.</summary>
    public const int MaxNames = 62;

    private readonly string[][] _patterns;

    public OutputPatterns(IReadOnlyList<string> patterns)
    {
        _patterns = [.. patterns.Select(Split)];
        Root = new State([.. _patterns.Select(names => Close(names, 1UL))]);
    }

    /// <summary>The state at the root.</summary>
    public State Root { get; }

    /// <summary>Which patterns can never match, because they have too many names.</summary>
    public IEnumerable<string> TooLong => _patterns.Where(names => names.Length > MaxNames).Select(names => string.Join('/', names));

    /// <summary>The state one name further; null where no pattern can match that path or anything beneath it.</summary>
    public State? Enter(State state, string name)
    {
        ulong[]? next = null;
        for (var i = 0; i < _patterns.Length; i++)
        {
            var after = Step(_patterns[i], state.Positions[i], name);
            if (after != 0)
                (next ??= new ulong[_patterns.Length])[i] = after;
        }

        return next is null ? null : new State(next);
    }

    /// <summary>Whether a file at this place matches.</summary>
    public bool IsMatch(State state)
    {
        for (var i = 0; i < _patterns.Length; i++)
        {
            if ((state.Positions[i] >> _patterns[i].Length & 1) != 0)
                return true;
        }

        return false;
    }

    /// <summary>Whether something beneath a directory at this place can match.</summary>
    public bool CanMatchBeneath(State state)
    {
        for (var i = 0; i < _patterns.Length; i++)
        {
            if ((state.Positions[i] & ((1UL << _patterns[i].Length) - 1)) != 0)
                return true;
        }

        return false;
    }

    private static string[] Split(string pattern)
    {
        var names = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        // "dir/**" means every file beneath dir.
        return names is [.., "**"] ? [.. names, "*"] : names;
    }

    // Bit i of a set: the first i names of the pattern are used up.
    private static ulong Step(string[] names, ulong positions, string name)
    {
        ulong next = 0;
        for (var i = 0; i < names.Length && i <= MaxNames; i++)
        {
            if ((positions >> i & 1) == 0)
                continue;
            if (names[i] == "**")
                next |= 1UL << i;
            else if (IsMatch(names[i], name))
                next |= 1UL << (i + 1);
        }

        return Close(names, next);
    }

    // "**" may stand for no directory at all.
    private static ulong Close(string[] names, ulong positions)
    {
        if (names.Length > MaxNames)
            return 0;
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i] == "**" && (positions >> i & 1) != 0)
                positions |= 1UL << (i + 1);
        }

        return positions;
    }

    // Two pointers and the last star: linear in practice, and at most pattern times name, so no pattern is a trap.
    private static bool IsMatch(string pattern, string name)
    {
        int p = 0, n = 0, star = -1, retry = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
                (star, retry) = (p++, n);
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
                (p, n) = (p + 1, n + 1);
            else if (star >= 0)
                (p, n) = (star + 1, ++retry);
            else
                return false;
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }

    /// <summary>How far each pattern has come.</summary>
    /// <param name="Positions">A set of positions for each pattern.</param>
    internal sealed record State(ulong[] Positions);
}

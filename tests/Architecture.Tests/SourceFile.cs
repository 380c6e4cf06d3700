using System.Text.RegularExpressions;

namespace Corral.Architecture.Tests;

/// <summary>A file of the checkout.</summary>
/// <param name="Path">From the checkout's root, with slashes.</param>
/// <param name="Text">Its content.</param>
internal sealed record SourceFile(string Path, string Text)
{
    public int Lines => Text.AsSpan().TrimEnd().Count('\n') + 1;

    /// <summary><c>path:line: text</c> of every line that matches, comments left out.</summary>
    public IEnumerable<string> Where(Regex pattern)
    {
        var number = 0;
        foreach (var line in Text.Split('\n'))
        {
            number++;
            if (!line.TrimStart().StartsWith("//", StringComparison.Ordinal) && pattern.IsMatch(line))
                yield return $"{Path}:{number}: {line.Trim()}";
        }
    }

    public bool IsIn(params string[] folders) => folders.Any(folder => Path.StartsWith(folder + "/", StringComparison.Ordinal));
}

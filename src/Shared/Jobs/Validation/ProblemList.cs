using System.Globalization;
using System.Text;

namespace Corral.Shared.Jobs.Validation;

/// <summary>Collects every problem of one document, and knows where in it the reader is. The path is put together only when there is a problem to name it.</summary>
public sealed class ProblemList
{
    /// <summary>A hostile document can be wrong in a million places: the list stops here and says so.</summary>
    public const int Most = 500;

    private readonly List<Problem> problems = [];
    private readonly List<(string? Name, int Index)> path = [];

    /// <summary>What was found, in the order of the document.</summary>
    public IReadOnlyList<Problem> Problems => problems;

    /// <summary>Nothing is wrong so far.</summary>
    public bool IsEmpty => problems.Count == 0;

    /// <summary>Reading on would find no more that can be listed.</summary>
    public bool IsFull => problems.Count > Most;

    /// <summary>Goes into a field.</summary>
    /// <param name="name">Its name.</param>
    public void Enter(string name) => path.Add((name, 0));

    /// <summary>Goes into an entry of a list.</summary>
    /// <param name="index">Its place, from 0.</param>
    public void Enter(int index) => path.Add((null, index));

    /// <summary>Goes back out of what was entered last.</summary>
    public void Leave() => path.RemoveAt(path.Count - 1);

    /// <summary>Notes a problem with the place the reader is at.</summary>
    /// <param name="code">One of <see cref="ProblemCodes"/>.</param>
    /// <param name="message">A full sentence with the remedy.</param>
    public void Add(string code, string message)
    {
        if (problems.Count < Most)
            problems.Add(new Problem(code, Path(), message));
        else if (problems.Count == Most)
            problems.Add(new Problem(ProblemCodes.MoreProblems, "", $"More than {Most} problems were found; the rest is not listed. Correct these and send the document again."));
    }

    /// <summary>Notes a problem with a field of the place the reader is at.</summary>
    /// <param name="code">One of <see cref="ProblemCodes"/>.</param>
    /// <param name="name">The field.</param>
    /// <param name="message">A full sentence with the remedy.</param>
    public void Add(string code, string name, string message)
    {
        Enter(name);
        Add(code, message);
        Leave();
    }

    /// <summary>A value as a message may show it: short, on one line, in quotes.</summary>
    /// <param name="value">What the caller sent.</param>
    public static string Quote(string value)
    {
        var text = new StringBuilder("'");
        foreach (var c in value.AsSpan(0, Math.Min(value.Length, 64)))
            text.Append(char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? $"\\u{(int)c:x4}" : c.ToString());
        return text.Append(value.Length > 64 ? "…'" : "'").ToString();
    }

    private string Path()
    {
        var text = new StringBuilder();
        foreach (var (name, index) in path)
        {
            if (name is null)
                text.Append(CultureInfo.InvariantCulture, $"[{index}]");
            else if (name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                text.Append(text.Length == 0 ? "" : ".").Append(name);
            else
                text.Append('[').Append(Quote(name)).Append(']');
        }

        return text.ToString();
    }
}

namespace Corral.Shared.Jobs;

/// <summary>Names one job. A version-7 UUID, so that ids sort by the time they were made.</summary>
/// <param name="Value">The UUID; never <see cref="Guid.Empty"/> in a stored job.</param>
public readonly record struct JobId(Guid Value) : IComparable<JobId>
{
    /// <summary>A new id that sorts after the earlier ones.</summary>
    /// <param name="now">The time that the id carries, millisecond precision.</param>
    public static JobId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>Reads the lower-case hyphenated form.</summary>
    /// <param name="text">36 characters.</param>
    /// <param name="id">The id, where the text is one.</param>
    public static bool TryParse(string? text, out JobId id)
    {
        // Guid would also take capitals and white space around; an id has one form, so that it can be a key wherever it is written.
        var isId = Guid.TryParseExact(text, "D", out var value) && text!.Length == 36 && !text.AsSpan().ContainsAnyInRange('A', 'F');
        id = new JobId(isId ? value : default);
        return isId;
    }

    /// <inheritdoc/>
    public int CompareTo(JobId other) => Value.CompareTo(other.Value);

    /// <summary>The lower-case hyphenated form, 36 characters.</summary>
    public override string ToString() => Value.ToString("D");
}

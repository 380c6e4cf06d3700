namespace Corral.Shared.Jobs;

/// <summary>One try of a job on one agent: the job and the number that fences the tries before it.</summary>
/// <param name="Job">The job.</param>
/// <param name="Number">1 for the first try; strictly rising within a job (invariant I1).</param>
public readonly record struct AttemptId(JobId Job, int Number)
{
    /// <summary><c>JOB/NUMBER</c>, as logs and the API print it.</summary>
    public override string ToString() => $"{Job}/{Number}";

    /// <summary>Reads <c>JOB/NUMBER</c>.</summary>
    /// <param name="text">The job's 36 characters, a slash, a positive number.</param>
    /// <param name="id">The id, where the text is one.</param>
    public static bool TryParse(string? text, out AttemptId id)
    {
        id = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0 || !JobId.TryParse(text![..slash], out var job) || !int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var number) || number < 1)
            return false;
        id = new AttemptId(job, number);
        return true;
    }
}

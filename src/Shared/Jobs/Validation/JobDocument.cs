using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Corral.Shared.Jobs.Validation;

/// <summary>Reads job documents under one operator's rules. Made once; reading is pure and safe from many threads.</summary>
/// <param name="rules">What the operator allows.</param>
/// <param name="defaultTenant">The tenant of a document that names none.</param>
/// <param name="maxJobs">The most jobs in one submission, at least 1.</param>
public sealed class JobDocument(JobRules rules, string defaultTenant = "default", int maxJobs = 10_000)
{
    /// <summary>How deep a document may nest.</summary>
    public const int MaxDepth = 32;

    private readonly JobSchema schema = new(rules) { DefaultTenant = defaultTenant };
    private readonly SubmissionSchema submission = new(new JobSchema(rules) { DefaultTenant = defaultTenant }, maxJobs);

    /// <summary>How documents are opened: no comments, no trailing commas, no deeper than <see cref="MaxDepth"/>.</summary>
    public static JsonDocumentOptions Options { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>Opens a text as JSON, or says in <paramref name="problems"/> why it is none.</summary>
    /// <param name="utf8">The whole text; it must not change while the document is in use.</param>
    /// <param name="problems">Gets the one problem there can be.</param>
    /// <returns>The document, to be disposed of; null where the text is not JSON.</returns>
    public static JsonDocument? Open(ReadOnlyMemory<byte> utf8, ProblemList problems)
    {
        if (utf8.IsEmpty)
        {
            problems.Add(ProblemCodes.EmptyBody, "The body is empty. Send a JSON document.");
            return null;
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            problems.Add(ProblemCodes.NotUtf8, $"The body is not UTF-8 from byte {FirstInvalid(utf8.Span)} on. Send it in UTF-8.");
            return null;
        }

        try
        {
            return JsonDocument.Parse(utf8, Options);
        }
        catch (JsonException e)
        {
            problems.Add(ProblemCodes.MalformedJson, $"The body is not JSON nested at most {MaxDepth} deep: it fails in line {e.LineNumber + 1} at byte {e.BytePositionInLine + 1}. Correct it there.");
            return null;
        }
    }

    /// <summary>Reads one job.</summary>
    /// <param name="element">The document, or a part of one.</param>
    /// <param name="problems">Gets everything that is wrong.</param>
    /// <returns>The job with every default filled in; null where anything is wrong with it.</returns>
    public JobSpec? Read(JsonElement element, ProblemList problems)
    {
        var before = problems.Problems.Count;
        var spec = schema.Read(element, problems);
        return problems.Problems.Count == before && !problems.IsFull ? spec : null;
    }

    /// <summary>Reads one job, or several as <c>{"jobs": […]}</c>.</summary>
    /// <param name="element">The document.</param>
    /// <param name="problems">Gets everything that is wrong, with the job's place in the path.</param>
    /// <returns>The jobs in their order, none where anything is wrong with any; and whether the document is a single job.</returns>
    public (IReadOnlyList<JobSpec> Jobs, bool Single) ReadSubmission(JsonElement element, ProblemList problems)
    {
        if (!submission.Has(element, SubmissionSchema.JobsField))
            return (Read(element, problems) is { } one ? [one] : [], true);
        var before = problems.Problems.Count;
        var many = submission.Read(element, problems);
        return (many is not null && problems.Problems.Count == before ? [.. many.OfType<JobSpec>()] : [], false);
    }

    /// <summary>Reads one job from its text.</summary>
    /// <param name="utf8">The whole text.</param>
    /// <returns>The job where nothing is wrong, else everything that is.</returns>
    public (JobSpec? Spec, IReadOnlyList<Problem> Problems) Parse(ReadOnlyMemory<byte> utf8)
    {
        var problems = new ProblemList();
        using var document = Open(utf8, problems);
        var spec = document is null ? null : Read(document.RootElement, problems);
        return (spec, problems.Problems);
    }

    /// <summary>Writes the JSON Schema (2020-12) of a job document as one object: every field with type, range, pattern, default and description.</summary>
    /// <param name="writer">Gets the object.</param>
    public void PublishSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        schema.Publish(writer);
        writer.WriteEndObject();
    }

    /// <summary>Writes the JSON Schema of a document with several jobs, which refers to <c>#/components/schemas/Job</c>.</summary>
    /// <param name="writer">Gets the object.</param>
    public void PublishSubmissionSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        submission.Publish(writer);
        writer.WriteEndObject();
    }

    private static int FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        var at = 0;
        while (at < utf8.Length && System.Text.Rune.DecodeFromUtf8(utf8[at..], out _, out var consumed) == OperationStatus.Done)
            at += consumed;
        return at;
    }
}

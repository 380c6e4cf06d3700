using System.Text;

namespace Corral.Shared.Jobs.Validation;

/// <summary>The whole job document.</summary>
internal sealed class JobSchema : ObjectSchema<JobSpec>
{
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    private readonly JobRules rules;
    private readonly Field<string> tenant;
    private readonly Field<string> pool;
    private readonly Field<long?> priority;
    private readonly Field<IReadOnlyDictionary<string, string>> labels;
    private readonly Field<bool?> stopOnFailure;
    private readonly Field<long?> maxAttempts;
    private readonly Field<IReadOnlyList<StepSpec?>> steps;

    public JobSchema(JobRules rules)
        : base("What a caller wants run.")
    {
        this.rules = rules;
        tenant = Add<string>(new("tenant", new TextSchema("Who is billed; default the key's own tenant.", 1, 64, TextForm.Name)));
        pool = Add(new Field<string>("pool", new TextSchema("The set of agents that may run it.", 1, 64, TextForm.Name), @default: "default"));
        priority = Add<long?>(new("priority", new IntegerSchema("Higher goes first within the pool.", -1000, 1000), @default: 0));
        labels = Add<IReadOnlyDictionary<string, string>>(new("labels", new MapSchema(
            "The caller's own marks.", new TextSchema("A key.", 1, 63, TextForm.LabelKey), new TextSchema("A value.", 0, 255, TextForm.LabelValue), 32)));
        stopOnFailure = Add<bool?>(new("stopOnFailure", new FlagSchema("Start the remaining steps not at all once one is not Succeeded. Steps that were running go on."), @default: true));
        maxAttempts = Add<long?>(new("maxAttempts", new IntegerSchema("How often the job is tried when an attempt is Lost or broke by our fault.", 1, 10), @default: 3));
        steps = Add<IReadOnlyList<StepSpec?>>(new("steps", new ListSchema<StepSpec>("The commands, by default run in this order on one shared workspace.", new StepSchema(rules), 1, rules.MaxSteps), required: true));
    }

    /// <summary>Who is billed for a document that does not say.</summary>
    public string DefaultTenant { get; init; } = "default";

    protected override JobSpec? Read(in FieldSlots slots, ProblemList problems)
    {
        var read = steps.Read(in slots, problems) ?? [];
        var named = Named(read);
        var spec = new JobSpec
        {
            Tenant = tenant.Read(in slots, problems) ?? DefaultTenant,
            Pool = pool.Read(in slots, problems)!,
            Priority = (int)priority.Read(in slots, problems)!.Value,
            Labels = labels.Read(in slots, problems) ?? NoLabels,
            StopOnFailure = stopOnFailure.Read(in slots, problems)!.Value,
            MaxAttempts = (int)maxAttempts.Read(in slots, problems)!.Value,
            Steps = named,
        };
        StepRules.Check(named, rules, problems);
        CheckTexts(named, problems);
        return spec;
    }

    // Steps without a name get stepN by their place. One whose name could not be read keeps the empty one, which no rule looks at.
    private static StepSpec[] Named(IReadOnlyList<StepSpec?> read)
    {
        var named = new StepSpec[read.Count];
        for (var i = 0; i < read.Count; i++)
        {
            named[i] = read[i] ?? new StepSpec { Name = "", Command = [StepSchema.Unreadable] };
            if (named[i].Name == StepSchema.NamedByPlace)
                named[i] = named[i] with { Name = $"step{i + 1}" };
        }

        return named;
    }

    private void CheckTexts(StepSpec[] named, ProblemList problems)
    {
        var bytes = 0L;
        foreach (var one in named)
        {
            bytes += BytesOf(one.Stdin) + BytesOf(one.Expect?.Content);
            foreach (var file in one.Files)
                bytes += BytesOf(file.Content);
        }

        if (bytes > rules.MaxTextBytesOfJob)
            problems.Add(ProblemCodes.SumTooLarge, steps.Name, $"The texts given in place have {bytes} bytes together, more than the {rules.MaxTextBytesOfJob} allowed. Store the longer ones with PUT /v1/blobs and give their digests as 'blob'.");
    }

    private static int BytesOf(Content? content) => content?.Text is { } text ? Encoding.UTF8.GetByteCount(text) : 0;
}

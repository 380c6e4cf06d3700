using System.Text;
using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>An entry of a job's <c>steps</c>.</summary>
internal sealed class StepSchema : ObjectSchema<StepSpec>
{
    // MAX_ARG_STRLEN: one argument or NAME=VALUE is at most 32 pages with its NUL.
    // https://man7.org/linux/man-pages/man2/execve.2.html "Limits on size of arguments and environment"
    private const int LongestArgument = (128 << 10) - 1;

    /// <summary>Stands for the name of a step whose document gives none, until its place is known.</summary>
    public const string NamedByPlace = "\0";

    /// <summary>Stands for an entry that could not be read; it is no name that a step can have.</summary>
    public const string Unreadable = "\ufffd";

    private static readonly IReadOnlyDictionary<string, string> NoEnv = new Dictionary<string, string>();

    private readonly LimitsSchema limitsSchema;
    private readonly Field<string> name;
    private readonly Field<string> image;
    private readonly Field<IReadOnlyList<string?>> command;
    private readonly Field<IReadOnlyDictionary<string, string>> env;
    private readonly Field<Content> stdin;
    private readonly Field<IReadOnlyList<InputFile?>> files;
    private readonly Field<IReadOnlyList<string?>> outputs;
    private readonly Field<IReadOnlyList<string?>> needs;
    private readonly Field<bool?> parallel;
    private readonly Field<Workspace> workspace;
    private readonly Field<Expectation> expect;
    private readonly Field<ResourceLimits> limits;

    public StepSchema(JobRules rules)
        : base("One command, run in a sandbox of its own.")
    {
        limitsSchema = new LimitsSchema(rules);
        name = Add<string>(new("name", new TextSchema("Unique in the job; default step1, step2 and so on by place.", 1, 64, TextForm.Name)));
        image = Add(new Field<string>("image", new TextSchema("The rootfs. host is the agent's own /usr, read-only, over a generated skeleton.") { Values = rules.Images, UnknownCode = ProblemCodes.UnknownImage }, @default: "host"));
        command = Add<IReadOnlyList<string?>>(new("command", new ListSchema<string>(
            "argv. The first entry is the program, not empty; without a slash it is looked up in PATH. At most 131072 bytes together with the environment, each entry counted with its NUL.",
            new TextSchema("One argument, without NUL.", 0, LongestArgument, TextForm.NoNul), 1, 4096), required: true));
        env = Add<IReadOnlyDictionary<string, string>>(new("env", new MapSchema(
            "The environment, added to and overriding PATH, HOME=/box, LANG=C.UTF-8 and TMPDIR=/tmp.",
            new TextSchema("A variable's name.", 1, 255, TextForm.EnvName), new TextSchema("A variable's value, without NUL.", 0, LongestArgument, TextForm.NoNul), 1024)));
        stdin = Add<Content>(new("stdin", new ContentSchema("What the command reads; absent is empty.", rules)));
        files = Add<IReadOnlyList<InputFile?>>(new("files", new ListSchema<InputFile>("Files put into /box before the command starts.", new InputFileSchema(rules), 0, rules.MaxFiles)));
        outputs = Add<IReadOnlyList<string?>>(new("outputs", new ListSchema<string>(
            "Which regular files beneath /box are kept after the step: patterns with '*' and '?' within a part and '**/' for any directories.",
            new TextSchema("One pattern, relative to /box.", 1, 4095, TextForm.BoxPath), 0, 64)));
        needs = Add<IReadOnlyList<string?>>(new("needs", new ListSchema<string>(
            "Steps that must have Succeeded before this one starts. Absent: the step before it in the list. Empty: none.",
            new TextSchema("A step's name.", 1, 64, TextForm.Name), 0, rules.MaxSteps)));
        parallel = Add<bool?>(new("parallel", new FlagSchema("May run beside other parallel steps if its needs allow; their limits are then summed in the reservation."), @default: false));
        workspace = Add<Workspace>(new("workspace", new WorkspaceSchema(), @default: Workspace.Shared));
        expect = Add<Expectation>(new("expect", new ExpectationSchema(rules)));
        limits = Add<ResourceLimits>(new("limits", limitsSchema, @default: limitsSchema.Defaults));
    }

    protected override StepSpec Read(in FieldSlots slots, ProblemList problems)
    {
        var step = new StepSpec
        {
            Name = slots[name.Index].ValueKind == JsonValueKind.Undefined ? NamedByPlace : name.Read(in slots, problems) ?? "",
            Image = image.Read(in slots, problems)!,
            Command = Whole(command.Read(in slots, problems)),
            Env = env.Read(in slots, problems) ?? NoEnv,
            Stdin = stdin.Read(in slots, problems),
            Files = Whole(files.Read(in slots, problems)),
            Outputs = Whole(outputs.Read(in slots, problems)),
            Needs = needs.Read(in slots, problems) is { } names ? Whole(names) : null,
            Parallel = parallel.Read(in slots, problems)!.Value,
            Workspace = workspace.Read(in slots, problems)!,
            Expect = expect.Read(in slots, problems),
            Limits = limits.Read(in slots, problems)!,
        };
        CheckCommand(step, problems);
        InputFileRules.Check(step.Files, problems);
        if (step is { Workspace.Kind: WorkspaceKind.From, Files.Count: > 0 })
            problems.Add(ProblemCodes.WorkspaceReadOnly, files.Name, $"The workspace from step {ProblemList.Quote(step.Workspace.From!)} is read-only, so no file can be put into it. Give the files to that step, or use workspace 'fresh'.");
        return step;
    }

    // An entry that could not be read has its problem already; it becomes one that no rule minds.
    private static IReadOnlyList<string> Whole(IReadOnlyList<string?>? entries)
    {
        if (entries is null)
            return [];
        foreach (var entry in entries)
        {
            if (entry is null)
                return [.. entries.Select(e => e ?? Unreadable)];
        }

        return entries!;
    }

    private static IReadOnlyList<InputFile> Whole(IReadOnlyList<InputFile?>? entries) =>
        entries is null ? [] : entries.Contains(null) ? [.. entries.Select(entry => entry ?? new InputFile("", new Content("", null)))] : [.. entries.OfType<InputFile>()];

    private void CheckCommand(StepSpec step, ProblemList problems)
    {
        if (step.Command is ["", ..])
        {
            problems.Enter(command.Name);
            problems.Enter(0);
            problems.Add(ProblemCodes.TooShort, "The program to run is empty. Give its name or path.");
            problems.Leave();
            problems.Leave();
        }

        var bytes = 0L;
        foreach (var argument in step.Command)
            bytes += Encoding.UTF8.GetByteCount(argument) + 1;
        foreach (var (key, value) in step.Env)
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value) + 2;
        if (bytes > 128 << 10)
            problems.Add(ProblemCodes.SumTooLarge, command.Name, $"Command and environment have {bytes} bytes together, more than the 131072 allowed. Put long data into a file or stdin.");
    }
}

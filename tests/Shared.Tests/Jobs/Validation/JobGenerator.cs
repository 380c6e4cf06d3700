using System.Text;
using Corral.Shared.Jobs;

namespace Corral.Shared.Tests.Jobs.Validation;

/// <summary>Makes valid jobs from a seed: every optional part present or absent, texts from the whole of Unicode, limits at their ends.</summary>
internal sealed class JobGenerator(int seed)
{
    private readonly Random random = new(seed);

    public JobSpec Job()
    {
        var count = random.Next(1, 6);
        var steps = new List<StepSpec>();
        for (var i = 0; i < count; i++)
            steps.Add(Step(i, steps));
        return new JobSpec
        {
            Tenant = Pick("t1", "a", "0.x_y-z", new string('t', 64)),
            Pool = Pick("default", "gpu"),
            Priority = Pick(-1000, 0, 1000, 7),
            Labels = Map(3, 63, 20, key: true),
            StopOnFailure = Flip(),
            MaxAttempts = random.Next(1, 11),
            Steps = steps,
        };
    }

    private StepSpec Step(int index, List<StepSpec> earlier)
    {
        // The first step alone uses the shared workspace, so that freezing it is always legal.
        var from = earlier.Count > 0 && Flip() ? earlier[random.Next(earlier.Count)].Name : null;
        return new StepSpec
        {
            Name = $"s{index}.{Pick("a", "b", "long-name_x")}",
            Command = [Pick("true", "/bin/cat", "./ünïcode 🐎"), .. Enumerable.Range(0, random.Next(4)).Select(_ => Text(12, nul: false))],
            Env = Map(3, 30, 20, key: false),
            Stdin = Flip() ? Content() : null,
            Files = from is null ? [.. Enumerable.Range(0, random.Next(4)).Select(n => new InputFile(Pick($"f{n}", $"d/f{n}", $"é/…/f {n}"), Content(), Flip()))] : [],
            Outputs = Flip() ? ["*.log", "**/out?.txt"] : [],
            Needs = Flip() ? [.. earlier.Where(_ => Flip()).Select(step => step.Name)] : null,
            Parallel = Flip(),
            Workspace = from is not null ? new Workspace(WorkspaceKind.From, from) : index == 0 ? Workspace.Shared : new Workspace(WorkspaceKind.Fresh),
            Expect = Flip() ? Expectation() : null,
            Limits = Flip() ? new ResourceLimits() : Limits(),
        };
    }

    private Expectation Expectation() => Pick(ExpectMode.Exact, ExpectMode.Tokens, ExpectMode.Float) is var mode && mode == ExpectMode.Float
        ? new Expectation(mode, Content(), Pick(0, 1e-9, 0.1, 1))
        : new Expectation(mode, Content());

    private ResourceLimits Limits() => new()
    {
        Cpus = Pick(0.01, 1, 1.0 / 3, 16),
        MemoryBytes = Pick(4L << 20, 1L << 30),
        Pids = Pick(1, 32_768),
        CpuTimeMs = Pick(1, 86_400_000L),
        WallTimeMs = Pick(1, 86_400_000L),
        OutputBytes = Pick(0, 64L << 30),
        CaptureBytes = Pick(0, 64L << 20),
        ScratchBytes = Pick(4L << 10, 1L << 30),
        ScratchInodes = Pick(16, 10_000_000L),
        OpenFiles = Pick(3, 65_536),
        StackBytes = Pick(64L << 10, 1L << 30),
    };

    private Content Content() => Flip() ? new Content(Text(40, nul: true), null) : new Content(null, BlobDigest.Of(Encoding.UTF8.GetBytes(Text(5, nul: true))));

    private Dictionary<string, string> Map(int most, int keyLength, int valueLength, bool key)
    {
        var map = new Dictionary<string, string>();
        for (var i = random.Next(most + 1); i > 0; i--)
            map[key ? new string((char)('a' + i), random.Next(1, keyLength)) : "V_" + i + (char)random.Next('A', 'Z')] = key ? "value " + i : Text(valueLength, nul: false);
        return map;
    }

    private string Text(int most, bool nul)
    {
        var text = new StringBuilder();
        for (var i = random.Next(most); i > 0; i--)
            text.Append(Pick(new Rune(random.Next(nul ? 0 : 1, 0x80)), new Rune(random.Next(0x80, 0xD800)), new Rune(random.Next(0xE000, 0x110000)), new Rune('"'), new Rune('\\')));
        return text.ToString();
    }

    private bool Flip() => random.Next(2) == 0;

    private T Pick<T>(params T[] options) => options[random.Next(options.Length)];
}

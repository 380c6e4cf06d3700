namespace Corral.Shared.Jobs.Validation;

/// <summary>A step's <c>limits</c>: least value, the operator's greatest, and the default of each.</summary>
internal sealed class LimitsSchema : ObjectSchema<ResourceLimits>
{
    private readonly Field<double?> cpus;
    private readonly Field<long?> memoryBytes;
    private readonly Field<long?> pids;
    private readonly Field<long?> cpuTimeMs;
    private readonly Field<long?> wallTimeMs;
    private readonly Field<long?> outputBytes;
    private readonly Field<long?> captureBytes;
    private readonly Field<long?> scratchBytes;
    private readonly Field<long?> scratchInodes;
    private readonly Field<long?> openFiles;
    private readonly Field<long?> stackBytes;

    public LimitsSchema(JobRules rules)
        : base("The most the step may use. Each is enforced by the kernel or by an event with a computed deadline.")
    {
        var (most, usual) = (rules.MaxLimits, rules.DefaultLimits);
        cpus = Add<double?>(new("cpus", new NumberSchema("Processors' worth of time.", LimitRanges.LeastCpus, most.Cpus), @default: Math.Min(usual.Cpus, most.Cpus)));
        memoryBytes = Integer("memoryBytes", "Anonymous memory, page cache, tmpfs and kernel memory together, bytes.", most.MemoryBytes, usual.MemoryBytes);
        pids = Integer("pids", "Processes and threads at once.", most.Pids, usual.Pids);
        cpuTimeMs = Integer("cpuTimeMs", "User and system time of all processes together, milliseconds.", most.CpuTimeMs, usual.CpuTimeMs);
        wallTimeMs = Integer("wallTimeMs", "Time from start to end, milliseconds.", most.WallTimeMs, usual.WallTimeMs);
        outputBytes = Integer("outputBytes", "stdout and stderr together, bytes; beyond it the step is ended.", most.OutputBytes, usual.OutputBytes);
        captureBytes = Integer("captureBytes", "How much of each of stdout and stderr is kept, bytes; beyond it output is drained and counted.", most.CaptureBytes, usual.CaptureBytes);
        scratchBytes = Integer("scratchBytes", "Size of the writable layer, and of a workspace this step is first to use, bytes. It is tmpfs, so what is written also counts as memory.", most.ScratchBytes, usual.ScratchBytes);
        scratchInodes = Integer("scratchInodes", "Files, directories and links in the same.", most.ScratchInodes, usual.ScratchInodes);
        openFiles = Integer("openFiles", "Open file descriptors of a process.", most.OpenFiles, usual.OpenFiles);
        stackBytes = Integer("stackBytes", "Stack of a process, bytes.", most.StackBytes, usual.StackBytes);
        Defaults = Read(default, new ProblemList());
    }

    /// <summary>The limits of a step that names none.</summary>
    public ResourceLimits Defaults { get; }

    protected override ResourceLimits Read(in FieldSlots slots, ProblemList problems) => new()
    {
        Cpus = cpus.Read(in slots, problems)!.Value,
        MemoryBytes = memoryBytes.Read(in slots, problems)!.Value,
        Pids = (int)pids.Read(in slots, problems)!.Value,
        CpuTimeMs = cpuTimeMs.Read(in slots, problems)!.Value,
        WallTimeMs = wallTimeMs.Read(in slots, problems)!.Value,
        OutputBytes = outputBytes.Read(in slots, problems)!.Value,
        CaptureBytes = captureBytes.Read(in slots, problems)!.Value,
        ScratchBytes = scratchBytes.Read(in slots, problems)!.Value,
        ScratchInodes = scratchInodes.Read(in slots, problems)!.Value,
        OpenFiles = (int)openFiles.Read(in slots, problems)!.Value,
        StackBytes = stackBytes.Read(in slots, problems)!.Value,
    };

    private Field<long?> Integer(string name, string description, long most, long usual) =>
        Add<long?>(new(name, new IntegerSchema(description, LimitRanges.Of(name).Least, most), @default: Math.Min(usual, most)));
}

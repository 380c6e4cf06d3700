using System.CommandLine;
using Corral.Cli.Client;
using Corral.Shared.Jobs;

namespace Corral.Cli.Commands;

/// <summary>The options of <c>corral run</c> and the job they make. Ranges are the coordinator's to judge: it knows the operator's maxima.</summary>
internal sealed class RunOptions
{
    /// <summary>The most a capture may be: whoever runs a command expects to see all that it prints.</summary>
    private const long LargestCapture = 64L << 20;

    private readonly Option<long?> _memory = Size("--memory", "Memory, page cache and files in /box and /tmp together (default 256M)", "-m");
    private readonly Option<long?> _cpuTime = Time("--cpu-time", "User and system time of all processes (default 10s)");
    private readonly Option<long?> _wallTime = Time("--wall-time", "Time from start to end (default 30s)");
    private readonly Option<double?> _cpus = new("--cpus") { Description = "Processors' worth of time (default 1)", HelpName = "number" };
    private readonly Option<int?> _pids = new("--pids") { Description = "Processes and threads at once (default 64)", HelpName = "number" };
    private readonly Option<long?> _output = Size("--output", "stdout and stderr together; beyond it the command is ended (default 64M)");
    private readonly Option<long?> _scratch = Size("--scratch", "Files written to /box and elsewhere (default 64M)");
    private readonly Option<string?> _stdin = new("--stdin") { Description = "What the command reads: a file, '-' for our own stdin (default: empty)", HelpName = "file" };
    private readonly Option<string[]> _files = new("--file", "-f") { Description = "Put a local file into /box; may be given many times", HelpName = "path=local" };
    private readonly Option<string[]> _env = new("--env", "-e") { Description = "Set a variable; may be given many times", HelpName = "name=value" };
    private readonly Option<string> _tenant = new("--tenant") { Description = "Who is billed", DefaultValueFactory = _ => "default" };
    private readonly Option<string> _image = new("--image") { Description = "The rootfs", DefaultValueFactory = _ => "host" };
    private readonly Argument<string[]> _command = new("command")
    {
        Description = "The command and its arguments, after '--'. Other exit codes than its own: 124 time limit, 125 bad request or our fault, 126 cannot be executed, 127 not found, 137 memory limit, 153 output limit, 159 forbidden system call, 128+n ended by signal n",
        Arity = ArgumentArity.OneOrMore,
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _memory, _cpuTime, _wallTime, _cpus, _pids, _output, _scratch, _stdin, _files, _env, _tenant, _image })
            command.Options.Add(option);
        command.Arguments.Add(_command);
    }

    public async Task<JobSpec> ReadAsync(ParseResult line, CorralClient client, CancellationToken cancellationToken)
    {
        var tenant = line.GetValue(_tenant)!;
        List<InputFile> files = [];
        foreach (var file in line.GetValue(_files) ?? [])
            files.Add(await RunRequest.FileAsync(client, tenant, file, cancellationToken));
        var env = new Dictionary<string, string>();
        foreach (var variable in line.GetValue(_env) ?? [])
        {
            var (name, value) = RunRequest.Pair(variable, "--env", "name=value");
            env[name] = value;
        }

        return new JobSpec
        {
            Tenant = tenant,
            Steps =
            [
                new StepSpec
                {
                    Name = "run",
                    Image = line.GetValue(_image)!,
                    Command = line.GetValue(_command)!,
                    Env = env,
                    Files = files,
                    Stdin = await StdinAsync(line.GetValue(_stdin), client, tenant, cancellationToken),
                    Limits = Limits(line),
                },
            ],
        };
    }

    private ResourceLimits Limits(ParseResult line)
    {
        var usual = new ResourceLimits();
        var output = line.GetValue(_output) ?? usual.OutputBytes;
        return usual with
        {
            Cpus = line.GetValue(_cpus) ?? usual.Cpus,
            MemoryBytes = line.GetValue(_memory) ?? usual.MemoryBytes,
            Pids = line.GetValue(_pids) ?? usual.Pids,
            CpuTimeMs = line.GetValue(_cpuTime) ?? usual.CpuTimeMs,
            WallTimeMs = line.GetValue(_wallTime) ?? usual.WallTimeMs,
            OutputBytes = output,
            CaptureBytes = Math.Clamp(output, 0, LargestCapture),
            ScratchBytes = line.GetValue(_scratch) ?? usual.ScratchBytes,
        };
    }

    private static async Task<Content?> StdinAsync(string? source, CorralClient client, string tenant, CancellationToken cancellationToken)
    {
        if (source is null)
            return null;
        try
        {
            await using var stream = source == "-" ? Console.OpenStandardInput() : File.OpenRead(source);
            return await RunRequest.ContentAsync(client, tenant, stream, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"'{source}' of --stdin cannot be read: {e.Message}");
        }
    }

    private static Option<long?> Size(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = "size", CustomParser = Quantity.Bytes };

    private static Option<long?> Time(string name, string description) =>
        new(name) { Description = description, HelpName = "time", CustomParser = Quantity.Milliseconds };
}

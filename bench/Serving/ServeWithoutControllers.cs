using Corral.Agent.Cgroups;
using Corral.Bench.Fixtures;
using Corral.Cli.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Corral.Bench.Serving;

/// <summary><c>corral up</c> as it is, but for the groups: on the cgroup2 tree without controllers. The single suite starts it as a process of its own.</summary>
internal static class ServeWithoutControllers
{
    public const string Name = "serve-without-controllers";

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var state = new StateFolder(Environment.GetEnvironmentVariable("CORRAL_STATE") ?? throw new InvalidOperationException("CORRAL_STATE is not set."));
        using var tree = new GroupTree($"corral-bench-{Environment.ProcessId}-served");
        var mode = new ServerMode(new Dictionary<string, string?> { [$"{UpOptions.Section}:{nameof(UpOptions.Listen)}"] = "127.0.0.1:0" }, ForPeople: true)
        {
            AlsoAdd = services => services.AddSingleton<Func<string, ICgroupDriver>>(_ => new ControllerlessDriver(tree)),
        };
        await using var server = await Server.StartAsync(state, mode, cancellationToken);
        await server.WaitAsync(cancellationToken);
    }
}

using Microsoft.Extensions.Logging;

namespace Corral.Agent.Sandbox;

/// <summary>What all sandboxes of a host share.</summary>
/// <param name="Loop">Waits for their events.</param>
/// <param name="Cpu">Holds their cpu time limits.</param>
/// <param name="Memory">Samples their memory.</param>
/// <param name="Remover">Removes their groups.</param>
/// <param name="Launcher">The launcher, whichever is connected now.</param>
/// <param name="Logger">Of the room.</param>
internal sealed record SandboxRoom(EventLoop Loop, CpuDeadlines Cpu, MemorySampler Memory, GroupRemover Remover, LauncherLink Launcher, ILogger Logger);

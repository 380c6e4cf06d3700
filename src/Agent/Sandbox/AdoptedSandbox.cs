using Corral.Agent.Init;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>A sandbox that the launcher has kept for us.</summary>
/// <param name="Message">What it noted.</param>
/// <param name="Descriptors">Control socket, pidfd, read and kept ends of stdout and stderr.</param>
internal sealed record AdoptedSandbox(AdoptedMessage Message, SafeFileHandle[] Descriptors);

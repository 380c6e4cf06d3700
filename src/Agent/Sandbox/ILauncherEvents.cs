using Corral.Agent.Init;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>What the launcher tells the agent. All are called on the event loop's thread; descriptors are the receiver's.</summary>
internal interface ILauncherEvents
{
    /// <summary>A sandbox was cloned.</summary>
    void OnCreated(in CreatedMessage message, SafeFileHandle control, SafeFileHandle process);

    /// <summary>A sandbox could not be cloned.</summary>
    void OnNotCreated(in CreatedMessage message);

    /// <summary>The launcher itself has killed a step.</summary>
    void OnKilled(in KillMessage message);

    /// <summary>The answer to a request about a workspace; <paramref name="root"/> is its root directory where one was made.</summary>
    void OnWorkspace(in Envelope message, SafeFileHandle? root);

    /// <summary>The connection has ended: the launcher is dead, or has given the agent up as stuck.</summary>
    void OnLost();
}

namespace Corral.Agent.Sandbox;

/// <summary>Something that the event loop watches descriptors of.</summary>
internal interface IEventSource
{
    /// <summary>Called on the loop's thread when a descriptor is ready: must not block. To hear of it again, watch it again.</summary>
    /// <param name="tag">Which of its descriptors.</param>
    void OnReady(int tag);
}

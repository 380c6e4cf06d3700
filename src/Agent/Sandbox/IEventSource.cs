namespace Corral.Agent.Sandbox;

/// <summary>Something that the event loop watches descriptors of.</summary>
internal interface IEventSource
{
    /// <summary>Called on the loop's thread, as long as the descriptor stays ready: must not block.</summary>
    /// <param name="tag">Which of its descriptors.</param>
    void OnReady(int tag);
}

namespace Corral.Agent.Messaging;

/// <summary>The way to the coordinator: one queue, at least once, in no promised order.</summary>
internal interface ICoordinatorLink
{
    /// <summary>Ends when the transport has taken the message.</summary>
    Task SendAsync<T>(T message, CancellationToken cancellationToken)
        where T : class;
}

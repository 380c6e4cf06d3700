using Corral.Shared.Contracts;
using MassTransit;

namespace Corral.Agent.Messaging;

/// <summary>The coordinator's queue on the bus.</summary>
internal sealed class BusLink(IBus bus) : ICoordinatorLink
{
    private static readonly Uri Address = new($"queue:{Queues.Reports}");
    private Task<ISendEndpoint>? _endpoint;

    public async Task SendAsync<T>(T message, CancellationToken cancellationToken)
        where T : class
    {
        var endpoint = await (_endpoint is { IsFaulted: false, IsCanceled: false } known ? known : _endpoint = bus.GetSendEndpoint(Address));
        await endpoint.Send(message, cancellationToken);
    }
}

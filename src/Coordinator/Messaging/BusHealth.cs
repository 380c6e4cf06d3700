using Corral.Coordinator.Application;
using MassTransit;

namespace Corral.Coordinator.Messaging;

/// <summary>Whether messages can be sent and are received.</summary>
internal sealed class BusHealth(IBusControl bus) : IBusHealth
{
    public ReadinessCheck Check()
    {
        var health = bus.CheckHealth();
        return new ReadinessCheck("bus", health.Status == BusHealthStatus.Healthy, Needed: true, health.Description ?? health.Status.ToString());
    }
}

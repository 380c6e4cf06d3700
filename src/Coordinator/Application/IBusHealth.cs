namespace Corral.Coordinator.Application;

/// <summary>What the bus says of itself, whatever it is.</summary>
internal interface IBusHealth
{
    /// <summary>The check named <c>bus</c>.</summary>
    ReadinessCheck Check();
}

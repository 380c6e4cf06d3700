namespace Corral.Grains.Local;

/// <summary>Why an activation ends; informational only.</summary>
public readonly struct DeactivationReason(DeactivationReasonCode code, string text)
{
    public string Description { get; } = text;
    public DeactivationReasonCode ReasonCode { get; } = code;
}

/// <summary>The reasons that exist on one node; the numbers are Orleans'.</summary>
public enum DeactivationReasonCode : byte { None = 0, ShuttingDown = 1, ActivationIdle = 4, ApplicationRequested = 9 }

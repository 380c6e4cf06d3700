namespace Corral.Agent.Sandbox;

/// <summary>One of the two streams that are captured.</summary>
internal enum StepStream
{
    /// <summary>File descriptor 1.</summary>
    Stdout = 1,
    /// <summary>File descriptor 2.</summary>
    Stderr = 2,
}

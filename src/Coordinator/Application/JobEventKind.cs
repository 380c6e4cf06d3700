namespace Corral.Coordinator.Application;

/// <summary>The kinds of events. The numbers are stored: they never change and are never reused.</summary>
internal enum JobEventKind
{
    /// <summary>Never stored.</summary>
    None = 0,
    /// <summary>Waits for a placement; also again, after an attempt was given up. Durable.</summary>
    Queued = 1,
    /// <summary>An attempt is committed and its order is on the way. Durable.</summary>
    Placed = 2,
    /// <summary>The attempt's first step was handed to a sandbox. Durable: with the start, or with the end where that was heard of first.</summary>
    Started = 3,
    /// <summary>A step was handed to a sandbox. Live.</summary>
    StepStarted = 4,
    /// <summary>A step ended or was skipped. Live.</summary>
    StepEnded = 5,
    /// <summary>The verdict is final; nothing follows. Durable.</summary>
    Ended = 6,
    /// <summary>Bytes of stdout. Live.</summary>
    Stdout = 7,
    /// <summary>Bytes of stderr. Live.</summary>
    Stderr = 8,
    /// <summary>Somebody asked to end it. Durable.</summary>
    CancelRequested = 9,
}

namespace Corral.Shared.Contracts;

/// <summary>The kinds of progress. The numbers are sent.</summary>
public enum ProgressKind
{
    /// <summary>Never sent.</summary>
    None = 0,
    /// <summary>The attempt's first step was handed to a sandbox.</summary>
    Started = 1,
    /// <summary>A step was handed to a sandbox.</summary>
    StepStarted = 2,
    /// <summary>A step ended or was skipped.</summary>
    StepEnded = 3,
    /// <summary>Bytes of stdout; only while watched.</summary>
    Stdout = 4,
    /// <summary>Bytes of stderr; only while watched.</summary>
    Stderr = 5,
}

namespace Corral.Agent.Doctor;

/// <summary>How a check came out.</summary>
internal enum CheckState
{
    /// <summary>Never used.</summary>
    None = 0,

    /// <summary>As it should be.</summary>
    Ok = 1,

    /// <summary>Works, with less than it could.</summary>
    Warn = 2,

    /// <summary>Missing.</summary>
    Fail = 3,
}

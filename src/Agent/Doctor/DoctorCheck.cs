namespace Corral.Agent.Doctor;

/// <summary>One thing that sandboxes ask of the host, and what was found.</summary>
/// <param name="Name">Stable and short: <c>kernel</c>, <c>namespace.net</c>.</param>
/// <param name="State">How it came out.</param>
/// <param name="Detail">What was found, a phrase.</param>
/// <param name="Remedy">What to do about it, a full sentence; null where all is well.</param>
/// <param name="IsNeeded">Without it the agent refuses to start.</param>
internal sealed record DoctorCheck(string Name, CheckState State, string Detail, string? Remedy, bool IsNeeded)
{
    /// <summary>The agent must not start.</summary>
    public bool Blocks => IsNeeded && State == CheckState.Fail;

    public static DoctorCheck Ok(string name, string detail, bool needed = true) => new(name, CheckState.Ok, detail, null, needed);

    public static DoctorCheck Warn(string name, string detail, string remedy) => new(name, CheckState.Warn, detail, remedy, false);

    public static DoctorCheck Fail(string name, string detail, string remedy, bool needed = true) => new(name, CheckState.Fail, detail, remedy, needed);

    /// <summary>From the errno of a call that was tried.</summary>
    public static DoctorCheck FromErrno(string name, int errno, string whenWell, string remedy, bool needed = true) =>
        errno == 0 ? Ok(name, whenWell, needed) : Fail(name, $"{System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})", remedy, needed);
}

namespace Corral.Agent.Init;

internal static unsafe class Capabilities
{
    private const int Kill = 5, SetGid = 6, SetUid = 7, Last = 63;
    private const uint Version3 = 0x20080522;

    /// <summary>Empties the bounding and the ambient set, for good and for all children: what no set holds no program gains by exec.</summary>
    public static void DropBounding()
    {
        for (var capability = 0; capability <= Last; capability++)
            Kernel.Call(Sys.Prctl, Prctl.CapBoundingDrop, capability);
        Kernel.Call(Sys.Prctl, Prctl.CapAmbient, Prctl.CapAmbientClearAll);
    }

    /// <summary>Leaves PID 1 what it needs to give the step its own user and to signal it. The step loses these too when it leaves uid 0.</summary>
    public static nint KeepOnlyPid1s()
    {
        CapabilityHeader header;
        header.Version = Version3;
        header.Pid = 0;
        CapabilitySets sets = default;
        sets.PermittedLow = (1u << Kill) | (1u << SetGid) | (1u << SetUid);
        sets.EffectiveLow = sets.PermittedLow;
        return Kernel.Call(Sys.Capset, (nint)(&header), (nint)(&sets));
    }
}

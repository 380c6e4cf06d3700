namespace Corral.Agent.Init;

/// <summary>What no sandboxed program may do, by reason. Each fails with EPERM; programs expect that of calls that need privileges.</summary>
internal static class DeniedSyscalls
{
    public static void Add()
    {
        Mounts();
        Namespaces();
        OtherProcesses();
        KernelItself();
        ClocksAndNames();
        Keys();
        MemoryPolicy();
        WideAttackSurface();
        Retired();
    }

    private static void Mounts()
    {
        FilterBuilder.Deny(Sys.Mount);
        FilterBuilder.Deny(Sys.Umount2);
        FilterBuilder.Deny(Sys.PivotRoot);
        FilterBuilder.Deny(Sys.Chroot);
        FilterBuilder.Deny(Sys.OpenTree);
        FilterBuilder.Deny(Sys.MoveMount);
        FilterBuilder.Deny(Sys.Fsopen);
        FilterBuilder.Deny(Sys.Fsconfig);
        FilterBuilder.Deny(Sys.Fsmount);
        FilterBuilder.Deny(Sys.Fspick);
        FilterBuilder.Deny(Sys.MountSetattr);
        FilterBuilder.Deny(Sys.Quotactl);
        FilterBuilder.Deny(Sys.QuotactlFd);
        FilterBuilder.Deny(Sys.Swapon);
        FilterBuilder.Deny(Sys.Swapoff);
        FilterBuilder.Deny(Sys.FanotifyInit);
        // A file handle opens what no path inside leads to.
        FilterBuilder.Deny(Sys.NameToHandleAt);
        FilterBuilder.Deny(Sys.OpenByHandleAt);
    }

    private static void Namespaces()
    {
        FilterBuilder.Deny(Sys.Unshare);
        FilterBuilder.Deny(Sys.Setns);
    }

    private static void OtherProcesses()
    {
        FilterBuilder.Deny(Sys.Ptrace);
        FilterBuilder.Deny(Sys.ProcessVmReadv);
        FilterBuilder.Deny(Sys.ProcessVmWritev);
        FilterBuilder.Deny(Sys.ProcessMadvise);
        FilterBuilder.Deny(Sys.PidfdGetfd);
        FilterBuilder.Deny(Sys.Kcmp);
    }

    private static void KernelItself()
    {
        FilterBuilder.Deny(Sys.InitModule);
        FilterBuilder.Deny(Sys.FinitModule);
        FilterBuilder.Deny(Sys.DeleteModule);
        FilterBuilder.Deny(Sys.KexecLoad);
        FilterBuilder.Deny(Sys.KexecFileLoad);
        FilterBuilder.Deny(Sys.Reboot);
        FilterBuilder.Deny(Sys.Syslog);
        FilterBuilder.Deny(Sys.Acct);
        FilterBuilder.Deny(Sys.Iopl);
        FilterBuilder.Deny(Sys.Ioperm);
        FilterBuilder.Deny(Sys.Vhangup);
    }

    private static void ClocksAndNames()
    {
        FilterBuilder.Deny(Sys.ClockSettime);
        FilterBuilder.Deny(Sys.ClockAdjtime);
        FilterBuilder.Deny(Sys.Settimeofday);
        FilterBuilder.Deny(Sys.Adjtimex);
        FilterBuilder.Deny(Sys.Sethostname);
        FilterBuilder.Deny(Sys.Setdomainname);
    }

    /// <summary>Keyrings are per user, not per namespace.</summary>
    private static void Keys()
    {
        FilterBuilder.Deny(Sys.AddKey);
        FilterBuilder.Deny(Sys.RequestKey);
        FilterBuilder.Deny(Sys.Keyctl);
    }

    private static void MemoryPolicy()
    {
        FilterBuilder.Deny(Sys.Mbind);
        FilterBuilder.Deny(Sys.SetMempolicy);
        FilterBuilder.Deny(Sys.MigratePages);
        FilterBuilder.Deny(Sys.MovePages);
        FilterBuilder.Deny(Sys.MemfdSecret);
    }

    /// <summary>Large interfaces with a long record of holes, which programs do without.</summary>
    private static void WideAttackSurface()
    {
        FilterBuilder.Deny(Sys.Bpf);
        FilterBuilder.Deny(Sys.PerfEventOpen);
        FilterBuilder.Deny(Sys.Userfaultfd);
        FilterBuilder.Deny(Sys.IoUringSetup);
        FilterBuilder.Deny(Sys.IoUringEnter);
        FilterBuilder.Deny(Sys.IoUringRegister);
        FilterBuilder.Deny(Sys.ModifyLdt);
        FilterBuilder.Deny(Sys.Personality);
        FilterBuilder.Deny(Sys.LookupDcookie);
    }

    private static void Retired()
    {
        FilterBuilder.Deny(Sys.Uselib);
        FilterBuilder.Deny(Sys.Ustat);
        FilterBuilder.Deny(Sys.Sysfs);
        FilterBuilder.Deny(Sys.SysctlOld);
        FilterBuilder.Deny(Sys.CreateModule);
        FilterBuilder.Deny(Sys.GetKernelSyms);
        FilterBuilder.Deny(Sys.QueryModule);
        FilterBuilder.Deny(Sys.Nfsservctl);
    }
}

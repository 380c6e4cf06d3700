using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Corral.Bench.Interop;

/// <summary>
/// The least that starting a program costs: clone3 with CLONE_VM | CLONE_VFORK straight into a cgroup, three dup3, close_range, execve.
/// The child runs a list of system calls from a loop in machine code and never touches its stack, so it may share ours while we are suspended,
/// and no managed code runs in it. x86-64 only.
/// </summary>
internal sealed unsafe class BareSpawner : IDisposable
{
    /// <summary>CLONE_NEWNET.</summary>
    public const ulong NewNetwork = 0x4000_0000;

    private const ulong CloneVm = 0x100, CloneVfork = 0x4000, CloneClearSighand = 0x1_0000_0000, CloneIntoCgroup = 0x2_0000_0000;

    // rdi clone_args, rsi size, rdx list. The parent returns; the child walks the list: {number, 4 arguments, result}, 48 bytes each.
    private static readonly nint Code = Libc.MapCode(
    [
        0x49, 0x89, 0xd0,                   // mov r8, rdx
        0xb8, 0xb3, 0x01, 0x00, 0x00,       // mov eax, 435 (clone3)
        0x0f, 0x05,                         // syscall
        0x48, 0x85, 0xc0,                   // test rax, rax
        0x74, 0x01,                         // jz child
        0xc3,                               // ret
        0x4d, 0x89, 0xc4,                   // child: mov r12, r8
        0x49, 0x8b, 0x04, 0x24,             // next: mov rax, [r12]
        0x49, 0x8b, 0x7c, 0x24, 0x08,       // mov rdi, [r12+8]
        0x49, 0x8b, 0x74, 0x24, 0x10,       // mov rsi, [r12+16]
        0x49, 0x8b, 0x54, 0x24, 0x18,       // mov rdx, [r12+24]
        0x4d, 0x8b, 0x54, 0x24, 0x20,       // mov r10, [r12+32]
        0x0f, 0x05,                         // syscall
        0x49, 0x89, 0x44, 0x24, 0x28,       // mov [r12+40], rax
        0x49, 0x83, 0xc4, 0x30,             // add r12, 48
        0xeb, 0xdb,                         // jmp next
    ]);

    private readonly SafeFileHandle _null = Libc.OpenFile("/dev/null", Libc.ReadWrite);
    private readonly ulong _namespaces;
    private readonly nint* _argv;
    private readonly nint* _environment;

    public BareSpawner(ulong namespaces, params string[] command)
    {
        _namespaces = namespaces;
        _argv = Strings(command);
        _environment = Strings([]);
    }

    /// <summary>Starts the program in the group; returns its process id.</summary>
    public int Start(SafeFileHandle group)
    {
        const int dup3 = 292, closeRange = 436, sigprocmask = 14, execve = 59, exitGroup = 231, calls = 7;
        ulong noSignals = 0;
        var list = stackalloc nint[calls * 6];
        var at = list;
        void Call(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0)
        {
            (at[0], at[1], at[2], at[3], at[4], at[5]) = (number, a, b, c, d, 0);
            at += 6;
        }
        var nul = _null.DangerousGetHandle();
        Call(dup3, nul, 0);
        Call(dup3, nul, 1);
        Call(dup3, nul, 2);
        Call(closeRange, 3, unchecked((nint)uint.MaxValue));
        Call(sigprocmask, 2 /* SIG_SETMASK */, (nint)(&noSignals), 0, 8);
        var exec = at;
        Call(execve, _argv[0], (nint)_argv, (nint)_environment);
        Call(exitGroup, 127);

        var arguments = new CloneArguments
        {
            Flags = CloneVm | CloneVfork | CloneClearSighand | CloneIntoCgroup | _namespaces,
            ExitSignal = 17, // SIGCHLD
            Cgroup = (ulong)group.DangerousGetHandle(),
        };
        var pid = ((delegate* unmanaged<CloneArguments*, nint, nint*, nint>)Code)(&arguments, sizeof(CloneArguments), list);
        if (pid < 0)
            throw new IOException($"clone3 into the group failed (errno {-pid}).");
        if (exec[5] != 0)
        {
            Libc.Wait((int)pid);
            throw new IOException($"execve of '{Marshal.PtrToStringUTF8(_argv[0])}' failed (errno {-exec[5]}).");
        }
        return (int)pid;
    }

    public void Dispose()
    {
        _null.Dispose();
        Free(_argv);
        Free(_environment);
    }

    private static nint* Strings(string[] values)
    {
        var list = (nint*)NativeMemory.AllocZeroed((nuint)values.Length + 1, (nuint)sizeof(nint));
        for (var i = 0; i < values.Length; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(values[i] + "\0");
            list[i] = (nint)NativeMemory.Alloc((nuint)bytes.Length);
            bytes.CopyTo(new Span<byte>((void*)list[i], bytes.Length));
        }
        return list;
    }

    private static void Free(nint* list)
    {
        for (var i = 0; list[i] != 0; i++)
            NativeMemory.Free((void*)list[i]);
        NativeMemory.Free(list);
    }

    // https://man7.org/linux/man-pages/man2/clone.2.html, struct clone_args, 88 bytes.
    [StructLayout(LayoutKind.Sequential)]
    private struct CloneArguments
    {
        public ulong Flags, PidFd, ChildTid, ParentTid, ExitSignal, Stack, StackSize, Tls, SetTid, SetTidSize, Cgroup;
    }
}

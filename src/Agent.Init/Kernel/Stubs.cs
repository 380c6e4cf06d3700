using System;

namespace Corral.Agent.Init;

/// <summary>The two pieces of machine code that C# cannot express. They are called through function pointers of the managed convention, which on
/// linux-x64 puts integer arguments where the System V convention does: no transition, no poll, nothing that could block in a cloned child.</summary>
internal static unsafe class Stubs
{
    // The pointer of a managed function must have bit 1 clear (set, it means "generic with a dictionary"), and byte arrays are not aligned:
    // each stub begins with three nops (0x90) and is entered at its first address that is a multiple of four.
    private const int PointerAlignment = 4;

    /// <summary>raw(number, a, b, c, d, e, f): one system call; returns what the kernel returns, -errno on failure.</summary>
    public static delegate*<nint, nint, nint, nint, nint, nint, nint, nint> Raw => _raw;

    /// <summary>clone(flags, stackTop, function, argument) with a stack of its own: the child calls function(argument) and exits with its result.
    /// A child that shares memory cannot return through the caller's frame: it would overwrite the parent's return address.</summary>
    public static delegate*<nint, nint, delegate*<nint, nint>, nint, nint> CloneOnStack => _clone;

    private static delegate*<nint, nint, nint, nint, nint, nint, nint, nint> _raw;
    private static delegate*<nint, nint, delegate*<nint, nint>, nint, nint> _clone;

    public static void Initialize()
    {
        ReadOnlySpan<byte> raw = new byte[]
        {
            0x90, 0x90, 0x90,
            0x48, 0x89, 0xf8,                   // mov rax, rdi         number
            0x48, 0x89, 0xf7,                   // mov rdi, rsi
            0x48, 0x89, 0xd6,                   // mov rsi, rdx
            0x48, 0x89, 0xca,                   // mov rdx, rcx
            0x4d, 0x89, 0xc2,                   // mov r10, r8
            0x4d, 0x89, 0xc8,                   // mov r8, r9
            0x4c, 0x8b, 0x4c, 0x24, 0x08,       // mov r9, [rsp+8]
            0x0f, 0x05,                         // syscall
            0xc3,                               // ret
        };
        ReadOnlySpan<byte> clone = new byte[]
        {
            0x90, 0x90, 0x90,
            0x49, 0x89, 0xc9,                   // mov r9, rcx          argument
            0x49, 0x89, 0xd0,                   // mov r8, rdx          function
            0x31, 0xd2,                         // xor edx, edx         no parent tid
            0x45, 0x31, 0xd2,                   // xor r10d, r10d       no child tid
            0xb8, 0x38, 0x00, 0x00, 0x00,       // mov eax, 56          clone
            0x0f, 0x05,                         // syscall
            0x48, 0x85, 0xc0,                   // test rax, rax
            0x74, 0x01,                         // jz child
            0xc3,                               // ret                  parent: pid or -errno
            0x31, 0xed,                         // child: xor ebp, ebp
            0x4c, 0x89, 0xcf,                   // mov rdi, r9
            0x41, 0xff, 0xd0,                   // call r8
            0x89, 0xc7,                         // mov edi, eax
            0xb8, 0x3c, 0x00, 0x00, 0x00,       // mov eax, 60          exit
            0x0f, 0x05,                         // syscall
            0xf4,                               // hlt
        };
        _raw = (delegate*<nint, nint, nint, nint, nint, nint, nint, nint>)Entry(raw);
        _clone = (delegate*<nint, nint, delegate*<nint, nint>, nint, nint>)Entry(clone);
    }

    private static nint Entry(ReadOnlySpan<byte> code)
    {
        fixed (byte* start = code)
            return ((nint)start + PointerAlignment - 1) & ~(nint)(PointerAlignment - 1);
    }
}

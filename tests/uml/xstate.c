// Lets the User-mode Linux kernel of Debian 12 (6.1) run on processors with AMX. That kernel keeps 2,696 bytes of a process's extended
// registers and writes back just these; the host's kernel refuses any size but its own (arch/x86/kernel/fpu/regset.c, xstateregs_set),
// and with AMX its own is 11,008. Preloaded into linux.uml, this fills what is missing with the initial state, which is right as long as
// nothing in the guest uses the registers that do not fit: nobody does without asking the host first (arch_prctl), and UML never asks.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <cpuid.h>

enum { NT_X86_XSTATE = 0x202, HEADER = 512, LARGEST = 65536 };

// The components that lie wholly within the first bytes of the standard format (Intel SDM volume 1, 13.4).
static uint64_t within(size_t bytes)
{
    uint64_t mask = 3; // x87 and SSE: the first 512
    for (unsigned i = 2, a, b, c, d; i < 63; i++) {
        __cpuid_count(13, i, a, b, c, d);
        if (a != 0 && (c & 1) == 0 && b + a <= bytes) mask |= 1ull << i;
    }
    return mask;
}

long ptrace(enum __ptrace_request request, ...)
{
    static long (*next)(enum __ptrace_request, ...);
    static size_t full;
    static uint64_t kept;
    static uint8_t state[LARGEST] __attribute__((aligned(64)));
    va_list rest;
    va_start(rest, request);
    long pid = va_arg(rest, long);
    void *address = va_arg(rest, void *), *data = va_arg(rest, void *);
    va_end(rest);
    if (next == 0) next = (long (*)(enum __ptrace_request, ...))dlsym(RTLD_NEXT, "ptrace");
    if (request != PTRACE_SETREGSET || (long)address != NT_X86_XSTATE) return next(request, pid, address, data);

    struct iovec *given = data, whole = { state, LARGEST };
    if (full == 0) {
        if (next(PTRACE_GETREGSET, pid, address, &whole) < 0) return -1;
        full = whole.iov_len;
        kept = within(given->iov_len);
        memset(state, 0, full);
    }
    if (given->iov_len >= full) return next(request, pid, address, data);

    memcpy(state, given->iov_base, given->iov_len);
    *(uint64_t *)(state + HEADER) &= kept;
    whole.iov_len = full;
    return next(request, pid, address, &whole);
}

// A program that tries what a sandbox must refuse. One line an attempt: its name and the errno, 0 where it succeeded.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *name, long result) { printf("%s %d\n", name, result == -1 ? errno : 0); fflush(stdout); }

static int denied(void)
{
    char args[128] = {0};
    say("mount", mount("none", "/tmp", "tmpfs", 0, ""));
    say("umount2", umount2("/proc", MNT_DETACH));
    say("pivot_root", syscall(SYS_pivot_root, ".", "."));
    say("chroot", chroot("/tmp"));
    say("open_tree", syscall(428, AT_FDCWD, "/", 1));
    say("fsopen", syscall(430, "tmpfs", 0));
    say("move_mount", syscall(429, 0, "", 0, "", 0));
    say("mount_setattr", syscall(442, 0, "", 0, 0, 0));
    say("unshare_user", unshare(CLONE_NEWUSER));
    say("unshare_mount", unshare(CLONE_NEWNS));
    say("unshare_net", unshare(CLONE_NEWNET));
    say("setns", setns(0, 0));
    say("clone_newuser", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
    say("clone_newpid", syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0));
    say("mknod", mknod("/tmp/node", S_IFCHR | 0666, 0x103));
    say("sethostname", sethostname("x", 1));
    say("ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0));
    say("process_vm_readv", syscall(SYS_process_vm_readv, 1, 0, 0, 0, 0, 0));
    say("bpf", syscall(SYS_bpf, 0, args, sizeof args));
    say("perf_event_open", syscall(SYS_perf_event_open, args, 0, -1, -1, 0));
    say("userfaultfd", syscall(SYS_userfaultfd, 0));
    say("io_uring_setup", syscall(425, 1, args));
    say("keyctl", syscall(SYS_keyctl, 0, 0, 0, 0, 0));
    say("add_key", syscall(SYS_add_key, "user", "x", "y", 1, -3));
    say("name_to_handle_at", syscall(SYS_name_to_handle_at, AT_FDCWD, "/", args, args, 0));
    say("open_by_handle_at", syscall(SYS_open_by_handle_at, 0, args, 0));
    say("kexec_load", syscall(SYS_kexec_load, 0, 0, 0, 0));
    say("init_module", syscall(SYS_init_module, 0, 0, ""));
    say("syslog", syscall(SYS_syslog, 3, args, sizeof args));
    say("clock_settime", syscall(SYS_clock_settime, 0, args));
    say("personality", syscall(SYS_personality, 0x0040000));
    say("kill_init", kill(1, SIGKILL));
    say("setuid_root", setuid(0));
    say("socket_packet", socket(17, SOCK_RAW, 0));
    say("socket_vsock", socket(40, SOCK_STREAM, 0));
    say("socket_alg", socket(38, SOCK_SEQPACKET, 0));
    say("socket_netlink_audit", socket(16, SOCK_RAW, 9));
    say("ioctl_tiocsti", syscall(SYS_ioctl, 0, 0x5412, "x"));
    say("clone3", syscall(435, args, 88));
    say("unknown", syscall(1000));
    // What programs need stays.
    say("socket_unix", socket(AF_UNIX, SOCK_STREAM, 0));
    say("socket_inet", socket(AF_INET, SOCK_STREAM, 0));
    say("socket_netlink_route", socket(16, SOCK_RAW, 0));
    return 0;
}

static int x32(void) { syscall(0x40000000 | SYS_getpid); return 0; }

static int i386(void)
{
    long result = 20; /* getpid of i386 */
    __asm__ volatile("int $0x80" : "+a"(result));
    return 0;
}

// Burns cpu in so many processes for ever.
static int spin(int count)
{
    for (int i = 1; i < count; i++)
        if (fork() == 0) for (;;) ;
    for (;;) ;
}

// Touches so many MiB.
static int eat(int mebibytes)
{
    for (int i = 0; i < mebibytes; i++) {
        char *p = malloc(1 << 20);
        if (!p) return 9;
        memset(p, 1, 1 << 20);
    }
    return 0;
}

// A grandchild that ignores every signal it can and never ends, in a session of its own.
static int daemonize(void)
{
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            for (int s = 1; s < 64; s++) signal(s, SIG_IGN);
            for (;;) pause();
        }
        _exit(0);
    }
    wait(0);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int number = argc > 2 ? atoi(argv[2]) : 0;
    if (!strcmp(what, "denied")) return denied();
    if (!strcmp(what, "x32")) return x32();
    if (!strcmp(what, "i386")) return i386();
    if (!strcmp(what, "spin")) return spin(number);
    if (!strcmp(what, "eat")) return eat(number);
    if (!strcmp(what, "daemon")) return daemonize();
    if (!strcmp(what, "abort")) abort();
    return 2;
}

// Linux calls that Glibc declares only under _GNU_SOURCE, which Swift's own Glibc module is built without,
// and variadic ones, which Swift cannot import.
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

// Declared here and not included: whichever of this module and Glibc's the compiler met first would own the types
// of <sys/types.h> and <unistd.h>, and files that import only the other would lose sight of them.
long syscall(long number, ...);
int prctl(int option, ...);
int fork(void);

enum {
    linux_O_PATH = 010000000,
    linux_CLONE_NEWNS = 0x00020000,
    linux_CLONE_NEWUSER = 0x10000000,
    linux_CLONE_NEWPID = 0x20000000,
    linux_CLONE_NEWNET = 0x40000000,
};

static inline long linux_copy_file_range(
    int source, int64_t *source_offset, int target, int64_t *target_offset, size_t count, unsigned flags) {
    return syscall(SYS_copy_file_range, source, source_offset, target, target_offset, count, flags);
}

// Fills the buffer with records of a directory's names; bytes filled, 0 at the end.
static inline long linux_list_directory(int directory, void *buffer, size_t count) {
    return syscall(SYS_getdents64, directory, buffer, count);
}

static inline int linux_unshare(int flags) { return (int)syscall(SYS_unshare, flags); }

static inline int linux_die_with_parent(int signal) { return prctl(1 /* PR_SET_PDEATHSIG */, signal, 0, 0, 0); }

// Processors in this thread's affinity mask; 1 when the kernel has more than the mask here can say.
static inline int linux_processor_count(void) {
    unsigned long mask[64] = {0};
    long size = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    int count = 0;
    for (long word = 0; word * (long)sizeof mask[0] < size; word++) count += __builtin_popcountl(mask[word]);
    return count > 0 ? count : 1;
}

enum {
    // POSIX_SPAWN_SETSID: the child starts a session of its own.
    linux_POSIX_SPAWN_SETSID = 0x80,
};

static inline int linux_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, 02000000 /* O_CLOEXEC */); }

// An anonymous file in memory that does not survive exec.
static inline int linux_memory_file(const char *name) { return (int)syscall(SYS_memfd_create, name, 1u); }

static inline int linux_close_range(unsigned first, unsigned last) {
    return (int)syscall(SYS_close_range, first, last, 0u);
}

static inline int linux_sync_file_system(int descriptor) { return (int)syscall(SYS_syncfs, descriptor); }

// Swift refuses to call fork(2) by that name on some platforms; this one is only for processes of one thread.
static inline int linux_fork(void) { return fork(); }

// Root of the user namespace in every id, without other groups; for a process of one thread.
static inline int linux_become_root(void) {
    if (syscall(SYS_setresgid, 0, 0, 0) != 0) return -1;
    if (syscall(SYS_setgroups, 0, (void *)0) != 0) return -1;
    return (int)syscall(SYS_setresuid, 0, 0, 0);
}

// A descriptor that stands for a process, whoever gets its number later (pidfd_open(2)).
static inline int linux_process_descriptor(int process) { return (int)syscall(SYS_pidfd_open, process, 0u); }

static inline int linux_signal_process(int descriptor, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, descriptor, signal, (void *)0, 0u);
}

// A descriptor that can be read while one of some blocked signals waits; mask as 64 bits, close-on-exec, non-blocking.
static inline int linux_signal_descriptor(uint64_t mask) {
    return (int)syscall(SYS_signalfd4, -1, &mask, sizeof mask, 02004000);
}

static inline int linux_enter_namespace(int descriptor) { return (int)syscall(SYS_setns, descriptor, 0); }

// Processes below this one that lose their parent become its children.
static inline int linux_adopt_descendants(void) { return prctl(36 /* PR_SET_CHILD_SUBREAPER */, 1, 0, 0, 0); }

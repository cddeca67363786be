// Linux calls that Glibc declares only under _GNU_SOURCE, which Swift's own Glibc module is built without,
// and variadic ones, which Swift cannot import.
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

long syscall(long number, ...);

enum {
    linux_O_PATH = 010000000,
    linux_CLONE_NEWNS = 0x00020000,
    linux_CLONE_NEWUSER = 0x10000000,
    linux_CLONE_NEWPID = 0x20000000,
    linux_CLONE_NEWNET = 0x40000000,
};

static inline ssize_t linux_copy_file_range(
    int source, int64_t *source_offset, int target, int64_t *target_offset, size_t count, unsigned flags) {
    return syscall(SYS_copy_file_range, source, source_offset, target, target_offset, count, flags);
}

static inline int linux_unshare(int flags) { return (int)syscall(SYS_unshare, flags); }

static inline int linux_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

// Processors in this thread's affinity mask; 1 when the kernel has more than the mask here can say.
static inline int linux_processor_count(void) {
    unsigned long mask[64] = {0};
    long size = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    int count = 0;
    for (long word = 0; word * (long)sizeof mask[0] < size; word++) count += __builtin_popcountl(mask[word]);
    return count > 0 ? count : 1;
}

// libarchive is opened on first use (linking it costs 2 ms at every start), so the module has no `link` line:
// the headers give the types, dlsym the addresses. `__typeof__` lets the C compiler check each slot against
// the header.
#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <stdlib.h>
// Declared by no module of Swift's Glibc.
#include <sys/xattr.h>

#define ARCHIVE_LIBRARY_FUNCTIONS(each) \
    each(archive_error_string) \
    each(archive_read_new) \
    each(archive_read_free) \
    each(archive_read_append_filter) \
    each(archive_read_support_format_tar) \
    each(archive_read_set_format) \
    each(archive_read_support_format_empty) \
    each(archive_read_open) \
    each(archive_read_next_header) \
    each(archive_read_data) \
    each(archive_filter_bytes) \
    each(archive_entry_pathname) \
    each(archive_entry_hardlink) \
    each(archive_entry_symlink) \
    each(archive_entry_filetype) \
    each(archive_entry_perm) \
    each(archive_entry_size) \
    each(archive_entry_uid) \
    each(archive_entry_gid) \
    each(archive_entry_mtime) \
    each(archive_entry_rdevmajor) \
    each(archive_entry_rdevminor) \
    each(archive_entry_xattr_reset) \
    each(archive_entry_xattr_next) \
    each(archive_entry_new) \
    each(archive_entry_free) \
    each(archive_entry_set_filetype) \
    each(archive_entry_set_pathname) \
    each(archive_write_new) \
    each(archive_write_free) \
    each(archive_write_set_format_raw) \
    each(archive_write_add_filter_zstd) \
    each(archive_write_set_filter_option) \
    each(archive_write_set_bytes_per_block) \
    each(archive_write_set_bytes_in_last_block) \
    each(archive_write_open_memory) \
    each(archive_write_header) \
    each(archive_write_data) \
    each(archive_write_close) \
    each(archive_libzstd_version)

#define ARCHIVE_LIBRARY_SLOT(name) __typeof__(name) *_Nonnull name;

struct archive_library {
    ARCHIVE_LIBRARY_FUNCTIONS(ARCHIVE_LIBRARY_SLOT)
};

// NULL when the library or one of its functions is not there.
static inline const struct archive_library *_Nullable archive_library_open(const char *_Nonnull name) {
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return NULL;
    struct archive_library *library = calloc(1, sizeof *library);
    if (!library) return NULL;
#define ARCHIVE_LIBRARY_FIND(name) \
    { \
        void *address = dlsym(handle, #name); \
        if (!address) { \
            free(library); \
            dlclose(handle); \
            return NULL; \
        } \
        library->name = (__typeof__(library->name))address; \
    }
    ARCHIVE_LIBRARY_FUNCTIONS(ARCHIVE_LIBRARY_FIND)
#undef ARCHIVE_LIBRARY_FIND
    return library;
}

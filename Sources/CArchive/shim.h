#include <archive.h>
#include <archive_entry.h>
// Declared by no module of Swift's Glibc.
#include <sys/xattr.h>

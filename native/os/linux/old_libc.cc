// What the headers refer to, and older libraries have not; see old_libc.h. Hidden: nobody else gets these.
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

#ifdef __GLIBC__
#define JUST_FORK_HIDDEN __attribute__((visibility("hidden")))

// glibc 2.32. Whether reference counts need no atomic operations: they always do here.
extern "C" {
JUST_FORK_HIDDEN char __libc_single_threaded = 0;
}

// glibc 2.33, as fstat and fstat64: an inline call of another function before.
extern "C" JUST_FORK_HIDDEN int just_fork_fstat(int fd, struct stat* buffer) __asm__("fstat64");
extern "C" int just_fork_fstat(int fd, struct stat* buffer) {
  return static_cast<int>(syscall(SYS_fstat, fd, buffer));
}

// GCC 11's libstdc++. A length that no memory has room for.
extern "C" JUST_FORK_HIDDEN [[noreturn]] void just_fork_bad_length() __asm__(
    "_ZSt28__throw_bad_array_new_lengthv");
extern "C" void just_fork_bad_length() { std::abort(); }
#endif

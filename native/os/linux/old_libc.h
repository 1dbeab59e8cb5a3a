// The C and C++ libraries of the machine that compiles are newer than those that Node itself asks for:
// glibc 2.28 and the libstdc++ of GCC 5. A binary for others is to ask for no more. This is included in front
// of each file (binding.gyp), and says for each function that a later glibc has in another version, or in
// another library, which one is meant.
//
// In the C++ library it is std::make_shared (GCC 9) that is to be avoided; old_libc.cc has the rest.
#pragma once

#include <features.h>

#ifdef __GLIBC__
#if defined(__x86_64__)
#define JUST_FORK_OLD(name, since) __asm__(".symver " #name "," #name "@GLIBC_" since)
#define JUST_FORK_FIRST "2.2.5"
#else
#define JUST_FORK_OLD(name, since) __asm__(".symver " #name "," #name "@GLIBC_2.17")
#define JUST_FORK_FIRST "2.17"
#endif

JUST_FORK_OLD(dlopen, JUST_FORK_FIRST);
JUST_FORK_OLD(dlsym, JUST_FORK_FIRST);
JUST_FORK_OLD(dladdr, JUST_FORK_FIRST);
JUST_FORK_OLD(pthread_detach, JUST_FORK_FIRST);
JUST_FORK_OLD(pthread_join, JUST_FORK_FIRST);
JUST_FORK_OLD(pthread_kill, JUST_FORK_FIRST);
JUST_FORK_OLD(pthread_sigmask, JUST_FORK_FIRST);
JUST_FORK_OLD(pthread_mutex_trylock, JUST_FORK_FIRST);
JUST_FORK_OLD(pthread_mutexattr_init, JUST_FORK_FIRST);
JUST_FORK_OLD(pthread_mutexattr_destroy, JUST_FORK_FIRST);
JUST_FORK_OLD(pthread_mutexattr_setrobust, "2.12");
JUST_FORK_OLD(pthread_mutexattr_setpshared, JUST_FORK_FIRST);

#undef JUST_FORK_OLD
#undef JUST_FORK_FIRST
#endif

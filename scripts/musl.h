// npm run cross includes this in front of each file that is for musl: the headers of the C++ library are
// those of a GCC for glibc, and this is what they take for given, and musl has not, or has by another name.
#pragma once

#define __GLIBC_PREREQ(major, minor) 1  // as in glibc since 2.34, threads are in the C library itself
#define __locale_t locale_t

#include <bits/c++config.h>

#undef _GLIBCXX_USE_PTHREAD_COND_CLOCKWAIT
#undef _GLIBCXX_USE_PTHREAD_MUTEX_CLOCKLOCK
#undef _GLIBCXX_USE_PTHREAD_RWLOCK_CLOCKLOCK

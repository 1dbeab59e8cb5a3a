#include <sys/mman.h>

#include <cerrno>

#include "core/posix.h"

namespace just_fork {

int MapShared(size_t length, void** memory) {
  *memory = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return *memory == MAP_FAILED ? -errno : 0;
}

void UnmapShared(void* memory, size_t length) { munmap(memory, length); }

}  // namespace just_fork

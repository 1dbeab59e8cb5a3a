#include "os/linux/mappings.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace just_fork {

int ForEachUninheritedMapping(const std::function<void(uintptr_t, uintptr_t)>& each) {
  FILE* smaps = std::fopen("/proc/self/smaps", "re");
  if (smaps == nullptr) return -errno;
  char line[512];
  uintptr_t start = 0;
  uintptr_t end = 0;
  bool flags_seen = false;
  while (std::fgets(line, sizeof line, smaps) != nullptr) {
    unsigned long from, to;
    if (std::sscanf(line, "%lx-%lx ", &from, &to) == 2) {
      start = from;
      end = to;
    } else if (std::strncmp(line, "VmFlags:", 8) == 0) {
      flags_seen = true;
      if (std::strstr(line, " dc") != nullptr) each(start, end);
    }
    // A mapping's name can be longer than the buffer; its rest is not a line of its own.
    while (std::strchr(line, '\n') == nullptr && std::fgets(line, sizeof line, smaps) != nullptr) {
    }
  }
  std::fclose(smaps);
  return flags_seen ? 0 : -ENOSYS;
}

}  // namespace just_fork

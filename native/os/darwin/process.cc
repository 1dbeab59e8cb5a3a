#include <cerrno>
#include <cstdlib>

#include "os/os.h"

namespace just_fork {

int SetChildSubreaper(int) { return -ENOSYS; }
int SetParentDeathSignal(int) { return -ENOSYS; }
int PidfdOpen(pid_t) { return -ENOSYS; }
int PidfdSendSignal(int, int) { return -ENOSYS; }
int ExecDescriptor(int, char* const[], char* const[]) { return -ENOSYS; }

bool VariableAtStart(const char* name, std::string* value) {
  const char* found = std::getenv(name);
  if (found != nullptr) *value = found;
  return found != nullptr;
}

}  // namespace just_fork

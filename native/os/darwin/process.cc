#include <cerrno>

#include "os/os.h"

namespace just_fork {

int SetChildSubreaper(int) { return -ENOSYS; }
int SetParentDeathSignal(int) { return -ENOSYS; }
int PidfdOpen(pid_t) { return -ENOSYS; }
int PidfdSendSignal(int, int) { return -ENOSYS; }
int ExecDescriptor(int, char* const[], char* const[]) { return -ENOSYS; }

}  // namespace just_fork

#include <libproc.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/os.h"

namespace just_fork {

std::vector<pid_t> ListChildren() {
  std::vector<pid_t> children(256);
  for (;;) {
    int count =
        proc_listchildpids(getpid(), children.data(), static_cast<int>(children.size() * sizeof(pid_t)));
    if (count < 0) return {};
    if (static_cast<size_t>(count) < children.size()) {
      children.resize(static_cast<size_t>(count));
      return children;
    }
    children.resize(children.size() * 2);
  }
}

// It tells who sent the signal, or nobody, and maybe by what the child had been stopped.
void NameContinued(idtype_t type, id_t id, siginfo_t* info) {
  if (type != P_PID) return;
  info->si_pid = static_cast<pid_t>(id);
  info->si_status = SIGCONT;
}

}  // namespace just_fork

#include <libproc.h>
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

}  // namespace just_fork

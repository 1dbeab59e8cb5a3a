#include "runtime/exit.h"

#include <unistd.h>

#include <cstdio>

#include "runtime/symbols.h"

namespace just_fork {
namespace exit {

void FlushStdout() {
  if (ftrylockfile(stdout) != 0) return;
  std::fflush(stdout);
  funlockfile(stdout);
}

void LeaveWithoutJoining(node::Environment* environment) {
  symbols::SetProcessExitHandler(environment, [](node::Environment*, int code) {
    FlushStdout();
    _exit(code);
  });
}

}  // namespace exit
}  // namespace just_fork

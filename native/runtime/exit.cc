#include "runtime/exit.h"

#include <unistd.h>

#include <cstdio>

#include "runtime/symbols.h"
#include "runtime/thread_pool.h"

namespace just_fork {
namespace exit {

void FlushStdout() {
  if (ftrylockfile(stdout) != 0) return;
  std::fflush(stdout);
  funlockfile(stdout);
}

void LeaveWithoutJoining(node::Environment* environment, uv_loop_s* loop) {
  symbols::SetProcessExitHandler(environment, [loop](node::Environment*, int code) { Leave(loop, code); });
}

void Leave(uv_loop_s* loop, int code) {
  thread_pool::Finish(loop);
  FlushStdout();
  _exit(code);
}

}  // namespace exit
}  // namespace just_fork

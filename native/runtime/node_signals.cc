#include "runtime/node_signals.h"

#include "runtime/symbols.h"

namespace just_fork {
namespace node_signals {

bool IsCaught(int signal, struct sigaction* action) {
  const void* handler = symbols::SignalExit();
  return handler != nullptr && sigaction(signal, nullptr, action) == 0 &&
         reinterpret_cast<const void*>(action->sa_handler) == handler;
}

void LeaveInChild() {
  struct sigaction action;
  for (int signal : {SIGINT, SIGTERM}) {
    if (!IsCaught(signal, &action)) continue;
    action = {};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
  }
}

}  // namespace node_signals
}  // namespace just_fork

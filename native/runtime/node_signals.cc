#include "runtime/node_signals.h"

#include <unistd.h>

#include <atomic>

#include "runtime/symbols.h"

namespace just_fork {
namespace node_signals {
namespace {

std::atomic<bool> has_come{false};

void NoteSigint(int) { has_come = true; }

bool IsBy(const void* handler, int signal, struct sigaction* action) {
  return handler != nullptr && sigaction(signal, nullptr, action) == 0 &&
         reinterpret_cast<const void*>(action->sa_handler) == handler;
}

}  // namespace

bool IsCaught(int signal, struct sigaction* action) { return IsBy(symbols::SignalExit(), signal, action); }

Hold::Hold() {
  if (!IsBy(symbols::SigintWatchdog(), SIGINT, &held_)) return;
  has_come = false;
  struct sigaction own = {};
  own.sa_handler = NoteSigint;
  own.sa_flags = SA_RESTART;
  sigfillset(&own.sa_mask);
  is_on_ = sigaction(SIGINT, &own, nullptr) == 0;
}

Hold::~Hold() {
  if (!is_on_) return;
  sigaction(SIGINT, &held_, nullptr);
  if (has_come.exchange(false)) kill(getpid(), SIGINT);
}

void Hold::DropInChild() { has_come = false; }

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

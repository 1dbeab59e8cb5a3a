#include <pthread.h>
#include <unistd.h>

#include <cerrno>

#include "core/posix.h"

namespace just_fork {

int Pending(sigset_t* set) { return sigpending(set) == -1 ? -errno : 0; }

namespace {

// Node catches SIGINT and SIGTERM once, to put the terminal right, and raises them anew for the default
// action: pending in the handler, and for as long as the mask that comes back after it blocks them.
bool IsToEndByOneOf(const sigset_t& mask) {
  sigset_t pending;
  if (sigpending(&pending) == -1) return false;
  for (int signal : {SIGINT, SIGTERM}) {
    if (sigismember(&pending, signal) != 1 || sigismember(&mask, signal) == 1) continue;
    struct sigaction action;
    if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) return true;
  }
  return false;
}

}  // namespace

void Suspend(const sigset_t* mask) {
  sigset_t own;
  if (mask == nullptr) {
    pthread_sigmask(SIG_BLOCK, nullptr, &own);
    mask = &own;
  }
  do {
    sigsuspend(mask);
  } while (IsToEndByOneOf(*mask));
}

int Raise(int signal) { return -pthread_kill(pthread_self(), signal); }

int GetDisposition(int signal, Disposition* disposition) {
  struct sigaction action;
  if (sigaction(signal, nullptr, &action) == -1) return -errno;
  *disposition = action.sa_handler == SIG_DFL   ? Disposition::kDefault
                 : action.sa_handler == SIG_IGN ? Disposition::kIgnore
                                                : Disposition::kHandler;
  return 0;
}

int SetDisposition(int signal, int ignore) {
  struct sigaction action = {};
  action.sa_handler = ignore ? SIG_IGN : SIG_DFL;
  return sigaction(signal, &action, nullptr) == -1 ? -errno : 0;
}

int Alarm(unsigned seconds) { return static_cast<int>(alarm(seconds)); }

int GetTimer(int which, itimerval* value) {
  return getitimer(static_cast<decltype(ITIMER_REAL)>(which), value) == -1 ? -errno : 0;
}

int SetTimer(int which, const itimerval& value, itimerval* old) {
  return setitimer(static_cast<decltype(ITIMER_REAL)>(which), &value, old) == -1 ? -errno : 0;
}

}  // namespace just_fork

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>

#include "os/os.h"

namespace just_fork {
namespace child_events {
namespace {

std::mutex taken;  // by the thread between Begin and End

// SIGCHLD comes in one of two ways: where any thread does not block it, to our handler, on that thread;
// else it becomes pending.
std::atomic<int> handled{-1};     // an eventfd, written to by the handler
std::atomic<unsigned> inside{0};  // handlers that run, on other threads, too
struct sigaction before;  // the disposition that our handler stands in for, and hands the signal on to
int pending = -1;         // a signalfd
siginfo_t first;          // of those pending ones that we took: it is put back
bool put_back;

void Note(int signal, siginfo_t* info, void* context) {
  int error = errno;
  inside++;
  uint64_t one = 1;
  int fd = handled;
  if (fd >= 0 && write(fd, &one, sizeof one) == -1) errno = 0;  // full: readable in any case
  errno = error;
  // The flag can stand beside these two, which are no functions.
  bool caught = before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN;
  if (caught && (before.sa_flags & SA_SIGINFO)) {
    before.sa_sigaction(signal, info, context);
  } else if (caught) {
    before.sa_handler(signal);
  }
  inside--;
}

int StandIn() {
  if (sigaction(SIGCHLD, nullptr, &before) == -1) return -errno;
  struct sigaction action = before;
  action.sa_sigaction = Note;
  // Of an ignored SIGCHLD nobody hears; with SA_NOCLDWAIT the kernel still reaps each child, as if it were.
  int autoreap = before.sa_handler == SIG_IGN ? SA_NOCLDWAIT : 0;
  action.sa_flags = (before.sa_flags & ~(SA_NOCLDSTOP | SA_RESETHAND)) | SA_SIGINFO | SA_RESTART | autoreap;
  return sigaction(SIGCHLD, &action, nullptr) == -1 ? -errno : 0;
}

void Close() {
  int fd = handled.exchange(-1);
  while (inside > 0) sched_yield();  // a handler on another thread may be about to use it, or `before`
  if (fd >= 0) close(fd);
  if (pending >= 0) close(pending);
  pending = -1;
}

void TakePending(const sigset_t& set) {
  siginfo_t info;
  if (WaitForSignal(set, 0, &info) != 0) return;
  if (!put_back) first = info;
  put_back = true;
}

sigset_t Sigchld() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  return set;
}

}  // namespace

int Begin() {
  if (!taken.try_lock()) return -EBUSY;
  put_back = false;
  pending = OpenSignalDescriptor(Sigchld());
  handled = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  int error = pending < 0 ? pending : handled < 0 ? -errno : StandIn();
  if (error == 0) return 0;
  Close();
  taken.unlock();
  return error;
}

void Wait() {
  pollfd ends[] = {{handled, POLLIN, 0}, {pending, POLLIN, 0}};
  while (poll(ends, 2, -1) == -1 && errno == EINTR) continue;
  uint64_t count;
  if (ends[0].revents != 0 && read(handled, &count, sizeof count) == -1) return;
  if (ends[1].revents != 0) TakePending(Sigchld());
}

void End() {
  sigaction(SIGCHLD, &before, nullptr);
  Close();
  // As it was: pending, with the siginfo of the first, which one that came since then would keep out. Only
  // the main thread may queue what says that it is the kernel's.
  if (put_back) TakePending(Sigchld());
  if (put_back && syscall(SYS_rt_sigqueueinfo, getpid(), SIGCHLD, &first) == -1) kill(getpid(), SIGCHLD);
  taken.unlock();
}

}  // namespace child_events
}  // namespace just_fork

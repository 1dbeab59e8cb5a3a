// A signal that is sent to the process goes to any thread that does not block it, and a thread can change no
// mask but its own. So each thread is sent a real-time signal, whose handler edits the mask that the kernel
// gives back to the thread when the handler returns.

#include <linux/futex.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "os/deadline.h"
#include "os/linux/tasks.h"
#include "os/os.h"

namespace just_fork {
namespace {

Signals FromSet(const sigset_t& set) {
  Signals signals = 0;
  for (int signal = 1; signal <= 64; signal++) {
    if (sigismember(&set, signal) == 1) signals |= Bit(signal);
  }
  return signals;
}

Signals Changed(Signals mask, int how, Signals set) {
  if (how == SIG_BLOCK) return mask | set;
  return how == SIG_UNBLOCK ? mask & ~set : set;
}

// To one thread.
struct Order {
  pid_t thread;
  int how;
  Signals set;
  Signals old = 0;
  std::atomic<uint32_t> done{0};
};

int messenger = 0;  // the signal; 0: not chosen yet

void Obey(int, siginfo_t* info, void* context) {
  auto* order = static_cast<Order*>(info->si_value.sival_ptr);
  if (info->si_code != SI_QUEUE || info->si_pid != getpid() || order == nullptr) return;
  if (order->thread != static_cast<pid_t>(syscall(SYS_gettid))) return;
  int error = errno;
  void* mask = &static_cast<ucontext_t*>(context)->uc_sigmask;
  std::memcpy(&order->old, mask, sizeof order->old);
  Signals changed = Changed(order->old, order->how, order->set) & ~Bit(messenger);
  std::memcpy(mask, &changed, sizeof changed);
  order->done.store(1, std::memory_order_release);
  syscall(SYS_futex, &order->done, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  errno = error;
}

bool IsOurs(int signal) {
  struct sigaction action;
  return sigaction(signal, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) != 0 &&
         action.sa_sigaction == Obey;
}

// The highest that nobody uses. It is never blocked by us, or no thread could be reached again. The program
// may take it from us, by sigaction().
bool HasMessenger() {
  if (messenger != 0 && IsOurs(messenger)) return true;
  for (int signal = SIGRTMAX; signal > SIGRTMIN; signal--) {
    struct sigaction action;
    if (sigaction(signal, nullptr, &action) == -1 || action.sa_handler != SIG_DFL) continue;
    struct sigaction obey = {};
    obey.sa_sigaction = Obey;
    obey.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    sigfillset(&obey.sa_mask);
    if (sigaction(signal, &obey, nullptr) == -1) continue;
    messenger = signal;
    return true;
  }
  return false;
}

bool Send(Order* order) {
  siginfo_t info = {};
  info.si_signo = messenger;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_ptr = order;
  return syscall(SYS_rt_tgsigqueueinfo, getpid(), order->thread, messenger, &info) == 0;
}

constexpr int64_t kPatience =
    5'000'000'000;  // ns; a thread answers in microseconds, unless the machine is choked
constexpr int64_t kLook = 20'000'000;
constexpr int64_t kBeginning = 1'000'000'000;

// Until the thread has obeyed, or is gone.
bool Await(Order* order, const Deadline& deadline) {
  while (order->done.load(std::memory_order_acquire) == 0) {
    timespec slice = {0, kLook};
    syscall(SYS_futex, &order->done, FUTEX_WAIT_PRIVATE, 0, &slice, nullptr, 0);
    TaskStatus ignored;
    if (order->done.load(std::memory_order_acquire) != 0) break;
    if (IsGone(LookAtTask(order->thread, &ignored))) break;
    if (deadline.Passed()) return false;
  }
  return true;
}

using Orders = std::vector<std::unique_ptr<Order>>;

// Unanswered ones stay for ever: their thread may still come upon them.
void Forget(Orders& given) {
  for (auto& order : given) {
    if (order->done.load(std::memory_order_acquire) == 0) order.release();
  }
  given.clear();
}

// What one that may be beginning blocks when it has begun.
int LookOnceBegun(pid_t thread, const Deadline& deadline, TaskStatus* status) {
  int error = LookAtTask(thread, status);
  while (error == 0 && (status->blocked & Bit(messenger)) != 0 && status->MayBeBeginning() &&
         !IsKernels(thread) && !deadline.Passed()) {
    usleep(50);
    error = LookAtTask(thread, status);
  }
  return error;
}

// One thread after the other could miss those that a thread not yet reached has started meanwhile, with its
// old mask: so the walk is repeated until it finds no new one.
int OrderThreads(int how, Signals set, Orders& given) {
  pid_t self = static_cast<pid_t>(syscall(SYS_gettid));
  std::set<pid_t> known = {self};
  Deadline deadline(kPatience);
  Deadline beginning(kBeginning);
  for (bool found = true; found;) {
    found = false;
    size_t first = given.size();
    std::vector<pid_t> threads;
    int error = ListTasks(&threads);
    if (error < 0) return error;
    for (pid_t thread : threads) {
      if (!known.insert(thread).second) continue;
      found = true;
      TaskStatus status;
      error = LookOnceBegun(thread, beginning, &status);
      if (IsGone(error)) continue;
      if (error < 0) return error;
      if (status.blocked & Bit(messenger)) {
        // It blocks everything of its own will, as Node's inspector thread does and our executor's do: no
        // signal goes there.
        Signals missing = Changed(status.blocked, how, set) & ~status.blocked;
        if ((missing & ~Bit(SIGKILL) & ~Bit(SIGSTOP)) == 0) continue;
        return -EBUSY;
      }
      given.push_back(std::make_unique<Order>());
      Order* order = given.back().get();
      order->thread = thread;
      order->how = how;
      order->set = set;
      if (Send(order)) continue;
      error = -errno;
      given.pop_back();
      if (error != -ESRCH) return error;
    }
    for (size_t i = first; i < given.size(); i++) {
      if (!Await(given[i].get(), deadline)) return -ETIMEDOUT;
    }
  }
  return 0;
}

void Undo(const Orders& given) {
  Orders back;
  Deadline deadline(kPatience);
  for (const auto& order : given) {
    if (order->done.load(std::memory_order_acquire) == 0) continue;
    back.push_back(std::make_unique<Order>());
    back.back()->thread = order->thread;
    back.back()->how = SIG_SETMASK;
    back.back()->set = order->old;
    if (!Send(back.back().get())) back.pop_back();
  }
  for (const auto& order : back) Await(order.get(), deadline);
  Forget(back);
}

}  // namespace

int MaskThread(int how, const sigset_t& set, sigset_t* old) {
  if (!HasMessenger()) return -EAGAIN;
  sigset_t own = set;
  sigdelset(&own, messenger);
  return -pthread_sigmask(how, &own, old);
}

int MaskProcess(int how, const sigset_t& set, sigset_t* old) {
  static std::mutex one_at_a_time;  // Workers may call, too
  std::lock_guard<std::mutex> lock(one_at_a_time);
  if (!HasMessenger()) return -EAGAIN;
  Orders given;
  int error = OrderThreads(how, FromSet(set), given);
  if (error < 0) Undo(given);
  Forget(given);
  return error < 0 ? error : MaskThread(how, set, old);
}

}  // namespace just_fork

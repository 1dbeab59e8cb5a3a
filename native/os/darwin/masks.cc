// As on Linux, each thread is sent a signal whose handler edits the mask that the thread gets back. There are
// no real-time signals here, so it is SIGEMT, which no program uses; and nothing tells what another thread
// blocks.

#include <mach/mach.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <vector>

#include "os/os.h"

namespace just_fork {
namespace {

constexpr int kMessenger = SIGEMT;
constexpr size_t kMostThreads = 1024;

sigset_t Changed(sigset_t mask, int how, sigset_t set) {
  if (how == SIG_BLOCK) return mask | set;
  return how == SIG_UNBLOCK ? mask & ~set : set;
}

// To one thread. A late answer finds its place still there, and that it is no longer asked for.
struct Order {
  std::atomic<pthread_t> thread{nullptr};
  std::atomic<bool> done{false};
};
Order orders[kMostThreads];
std::atomic<int> order_how{SIG_BLOCK};
std::atomic<sigset_t> order_set{0};

void Obey(int, siginfo_t*, void* context) {
  pthread_t self = pthread_self();
  for (Order& order : orders) {
    pthread_t thread = order.thread.load(std::memory_order_acquire);
    if (thread == nullptr) return;
    if (thread != self || order.done.load(std::memory_order_acquire)) continue;
    sigset_t* mask = &static_cast<ucontext_t*>(context)->uc_sigmask;
    *mask = Changed(*mask, order_how.load(), order_set.load()) & ~sigmask(kMessenger);
    order.done.store(true, std::memory_order_release);
    return;
  }
}

bool Listen() {
  struct sigaction action;
  if (sigaction(kMessenger, nullptr, &action) == -1) return false;
  if (action.sa_flags & SA_SIGINFO && action.sa_sigaction == Obey) return true;
  if (action.sa_handler != SIG_DFL) return false;
  struct sigaction obey = {};
  obey.sa_sigaction = Obey;
  obey.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigfillset(&obey.sa_mask);
  return sigaction(kMessenger, &obey, nullptr) == 0;
}

std::vector<pthread_t> ListThreads() {
  std::vector<pthread_t> threads;
  thread_act_array_t ports;
  mach_msg_type_number_t count;
  if (task_threads(mach_task_self(), &ports, &count) != KERN_SUCCESS) return threads;
  for (mach_msg_type_number_t i = 0; i < count; i++) {
    pthread_t thread = pthread_from_mach_thread_np(ports[i]);
    if (thread != nullptr) threads.push_back(thread);
    mach_port_deallocate(mach_task_self(), ports[i]);
  }
  vm_deallocate(mach_task_self(), reinterpret_cast<vm_address_t>(ports), count * sizeof(thread_act_t));
  return threads;
}

// A thread that blocks everything of its own will (Node's inspector thread, our executor's) never answers,
// and no signal goes there. The others do within microseconds.
constexpr useconds_t kLook = 100;
constexpr int kLooks = 2000;

}  // namespace

int MaskThread(int how, const sigset_t& set, sigset_t* old) {
  sigset_t own = set;
  sigdelset(&own, kMessenger);
  return -pthread_sigmask(how, &own, old);
}

int MaskProcess(int how, const sigset_t& set, sigset_t* old) {
  static std::mutex one_at_a_time;  // Workers may call, too
  std::lock_guard<std::mutex> lock(one_at_a_time);
  if (!Listen()) return -EAGAIN;
  order_how = how;
  order_set = set;
  size_t given = 0;
  // Repeated until no new one is found: one not yet reached may have started another meanwhile.
  for (bool found = true; found && given < kMostThreads;) {
    found = false;
    size_t first = given;
    for (pthread_t thread : ListThreads()) {
      bool known = pthread_equal(thread, pthread_self()) != 0;
      for (size_t i = 0; i < given && !known; i++)
        known = pthread_equal(orders[i].thread.load(), thread) != 0;
      if (known || given == kMostThreads) continue;
      found = true;
      orders[given].done = false;
      orders[given].thread = thread;
      // Threads of libdispatch cannot be signalled (ENOTSUP), and take none.
      if (pthread_kill(thread, kMessenger) != 0) orders[given].done = true;
      given++;
    }
    for (size_t i = first; i < given; i++) {
      for (int look = 0; look < kLooks && !orders[i].done; look++) usleep(kLook);
    }
  }
  for (Order& order : orders) order.thread = nullptr;
  return MaskThread(how, set, old);
}

}  // namespace just_fork

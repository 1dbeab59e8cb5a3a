#include "core/sleeper.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <memory>

#include "os/os.h"

namespace just_fork {
namespace {

// It needs next to nothing, and a hundred of them should not take a hundred times 8 MB of address space.
constexpr size_t kStack = 256 * 1024;

constexpr int kTries = 100'000;  // some seconds; a thread that is woken goes on in microseconds
constexpr timespec kPause = {0, 20'000};

// Of a pointer that another thread writes to as an atomic.
uint32_t* Plain(std::atomic<uint32_t>& word) { return reinterpret_cast<uint32_t*>(&word); }

}  // namespace

thread_local Sleeper* Sleeper::first = nullptr;

Sleeper::Sleeper(uint32_t* word, uint32_t value, void* mutex, int fd)
    : word_(word), value_(value), mutex_(mutex), fd_(fd), owner_(getpid()) {}

int Sleeper::Start(uint32_t* word, uint32_t value, void* mutex, Sleeper** sleeper) {
  int ends[2];
  int error = PipeWith(ends, O_CLOEXEC | O_NONBLOCK);
  if (error < 0) return error;
  std::unique_ptr<Sleeper> fresh(new Sleeper(word, value, mutex, ends[1]));
  error = fresh->StartThread();
  if (error < 0) {
    close(ends[0]);
    close(ends[1]);
    return error;
  }
  fresh->next_ = first;
  *sleeper = first = fresh.release();
  return ends[0];
}

int Sleeper::StartThread() {
  uv_thread_options_t options = {};
  options.flags = UV_THREAD_HAS_STACK_SIZE;
  options.stack_size = kStack;
  // Signals are for the threads that libuv and the user know of; sigprocmask passes over who blocks all.
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  int error = uv_thread_create_ex(&thread_, &options, Main, this);
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  return error;
}

void Sleeper::Main(void* self) {
  auto* sleeper = static_cast<Sleeper*>(self);
  if (sleeper->mutex_ == nullptr) {
    Sleep(self);
  } else if (int error = WithHeir(sleeper->word_, Sleep, self); error < 0) {
    // Not asleep for a moment: the caller hears why.
    sleeper->result_ = error;
    sleeper->awake_ = true;
    while (write(sleeper->fd_, "", 1) == -1 && errno == EINTR) continue;
  }
}

void Sleeper::Sleep(void* self) {
  auto* sleeper = static_cast<Sleeper*>(self);
  sleeper->result_ = FutexWait(sleeper->word_, sleeper->value_, -1);
  sleeper->awake_ = true;
  // The pipe is empty, so this never fails for want of room.
  while (write(sleeper->fd_, "", 1) == -1 && errno == EINTR) continue;
  // Until the caller has tried to take the mutex, or has passed the wake-up on, the kernel must know of it.
  while (sleeper->mutex_ != nullptr && sleeper->dismissed_ == 0) {
    FutexWait(Plain(sleeper->dismissed_), 0, -1);
  }
}

// Others who sleep there wake, too, find nothing changed and sleep on. Again and again, because the thread
// may be just before its sleep. False: it does not come.
bool Sleeper::Wake() {
  for (int i = 0; !awake_; i++) {
    if (i == kTries || FutexWake(word_, INT_MAX) < 0) return awake_;
    nanosleep(&kPause, nullptr);
  }
  return true;
}

bool Sleeper::End() {
  if (ended_) return true;
  bool awake = Wake();
  // Before the thread ends: if this process dies in between, the kernel passes the wake-up on.
  if (awake && mutex_ != nullptr) MutexAfterSleep(mutex_);
  dismissed_ = 1;
  FutexWake(Plain(dismissed_), 1);
  if (awake) uv_thread_join(&thread_);
  return ended_ = awake;
}

void Sleeper::Stop(Sleeper* sleeper) {
  Sleeper** link = &first;
  while (*link != sleeper) link = &(*link)->next_;
  *link = sleeper->next_;
  // A thread that does not come may still use what is its own.
  if (sleeper->owner_ == getpid() && !sleeper->End()) return;
  close(sleeper->fd_);
  delete sleeper;
}

void Sleeper::EndIn(const void* memory, size_t length) {
  auto begin = reinterpret_cast<uintptr_t>(memory);
  for (Sleeper* sleeper = first; sleeper != nullptr; sleeper = sleeper->next_) {
    auto at = reinterpret_cast<uintptr_t>(sleeper->word_);
    if (at >= begin && at < begin + length && sleeper->owner_ == getpid()) sleeper->End();
  }
}

}  // namespace just_fork

// A thread that sleeps on a word in shared memory for an event loop, which cannot: a futex has no descriptor.
// It makes a pipe readable when it wakes. A thread of its own, as one of the pool would hold up every fork.
//
// It allocates nothing, takes no lock, and makes only raw futex calls and one write: so a fork is safe at any
// moment. In the child it does not exist.
#pragma once

#include <sys/types.h>
#include <uv.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace just_fork {

class Sleeper {
 public:
  // Sleeps while `*word` is `value`. With a mutex, the word is that of MutexBeforeSleep; a wake-up that was
  // for the caller and that the caller makes no use of, whether it stops or dies, then goes to another.
  // Returns the pipe's read end, which is the caller's, or -errno.
  static int Start(uint32_t* word, uint32_t value, void* mutex, Sleeper** sleeper);

  // Ends it. In a forked child it only lets go of the copies.
  static void Stop(Sleeper* sleeper);

  // Wakes those of this thread that sleep in memory that is about to be unmapped.
  static void EndIn(const void* memory, size_t length);

  // Once the pipe is readable: 0, or the -errno of the sleep.
  int Result() const { return result_; }

 private:
  Sleeper(uint32_t* word, uint32_t value, void* mutex, int fd);
  int StartThread();
  static void Main(void* self);
  static void Sleep(void* self);
  bool Wake();
  bool End();

  static thread_local Sleeper* first;
  Sleeper* next_ = nullptr;

  uint32_t* const word_;
  const uint32_t value_;
  void* const mutex_;
  const int fd_;        // the pipe's write end
  const pid_t owner_;   // whose thread it is
  uv_thread_t thread_;  // of the owner
  bool ended_ = false;  // its thread
  std::atomic<int> result_{0};
  std::atomic<bool> awake_{false};      // it does not look at the word any more
  std::atomic<uint32_t> dismissed_{0};  // with a mutex: it stays until then
};

}  // namespace just_fork

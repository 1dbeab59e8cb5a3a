// Loaded before Node by npm run test:jitter: threads are held back at random where they take and leave locks,
// and where they change the memory map. What goes wrong in one of thousands of runs on a busy machine, here
// it does in some of a hundred.

#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace {

constexpr double kLongest = 3000;  // microseconds
// There are far more locks than changes of the map, and the main thread's own pace is what a test looks at.
constexpr uint64_t kMapWeight = 20;
constexpr uint64_t kMainIsRarer = 20;

double Microseconds() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// Of a thread's calls at locks one in so many is held back.
uint64_t Every() {
  static const char* value = std::getenv("JITTER_EVERY");
  static const uint64_t every = value == nullptr ? 100 : std::strtoull(value, nullptr, 10);
  return every;
}

// xorshift64 (Marsaglia, 2003).
uint64_t Draw() {
  static thread_local uint64_t state = 0;
  if (state == 0)
    state = (static_cast<uint64_t>(syscall(SYS_gettid)) << 32) ^ static_cast<uint64_t>(Microseconds());
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

// Busy, as a thread is whose processor has been given to another: asleep it would be taken to rest.
void HoldBack(uint64_t weight) {
  uint64_t every = Every() / weight + 1;
  if (syscall(SYS_gettid) == getpid()) every *= kMainIsRarer;
  if (Draw() % every != 0) return;
  double end = Microseconds() + static_cast<double>(Draw() % 1000) / 1000 * kLongest;
  while (Microseconds() < end) {
  }
}

using LockFunction = int (*)(pthread_mutex_t*);

}  // namespace

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  static auto real = reinterpret_cast<LockFunction>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
  HoldBack(1);
  int result = real(mutex);
  HoldBack(1);
  return result;
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  static auto real = reinterpret_cast<LockFunction>(dlsym(RTLD_NEXT, "pthread_mutex_unlock"));
  int result = real(mutex);
  HoldBack(1);
  return result;
}

int madvise(void* address, size_t length, int advice) noexcept {
  HoldBack(kMapWeight);
  int result = static_cast<int>(syscall(SYS_madvise, address, length, advice));
  HoldBack(kMapWeight);
  return result;
}

int munmap(void* address, size_t length) noexcept {
  HoldBack(kMapWeight);
  int result = static_cast<int>(syscall(SYS_munmap, address, length));
  HoldBack(kMapWeight);
  return result;
}

int mprotect(void* address, size_t length, int protection) noexcept {
  HoldBack(kMapWeight);
  int result = static_cast<int>(syscall(SYS_mprotect, address, length, protection));
  HoldBack(kMapWeight);
  return result;
}

}  // extern "C"

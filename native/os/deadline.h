// The moment until which something may take, by the monotonic clock.
#pragma once

#include <time.h>

#include <cstdint>

namespace just_fork {

class Deadline {
 public:
  // Nanoseconds from now; below 0: never.
  explicit Deadline(int64_t nanoseconds) : never_(nanoseconds < 0), end_(never_ ? 0 : Now() + nanoseconds) {}

  // Nanoseconds, from 0; -1: no end.
  int64_t Left() const {
    if (never_) return -1;
    int64_t left = end_ - Now();
    return left > 0 ? left : 0;
  }
  bool Passed() const { return Left() == 0; }

 private:
  static int64_t Now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
  }

  bool never_;
  int64_t end_;
};

}  // namespace just_fork

// What a process gives to something that makes its forks cheaper: a part of its time at most.
#pragma once

#include <uv.h>

#include <cstdint>

namespace just_fork {

class TimeShare {
 public:
  // 100: a hundredth.
  explicit constexpr TimeShare(uint64_t part) : part_(part) {}

  bool IsLeft() const { return uv_hrtime() >= next_; }
  void Take(uint64_t since) {
    uint64_t now = uv_hrtime();
    next_ = now + part_ * (now - since);
  }

 private:
  uint64_t part_;
  uint64_t next_ = 0;
};

}  // namespace just_fork

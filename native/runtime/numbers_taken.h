// What is opened anew takes the lowest number that is free. Where that matters, those below are taken
// meanwhile.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <vector>

namespace just_fork {

class NumbersTaken {
 public:
  // All that are free up to `last`, by duplicates of `fd`. If no descriptor is left, as many as there are.
  NumbersTaken(int fd, int last) {
    for (;;) {
      int taken = fcntl(fd, F_DUPFD_CLOEXEC, 0);
      if (taken == -1) return;
      if (taken > last) {
        close(taken);
        return;
      }
      taken_.push_back(taken);
    }
  }
  ~NumbersTaken() {
    for (int fd : taken_) close(fd);
  }
  NumbersTaken(const NumbersTaken&) = delete;
  NumbersTaken& operator=(const NumbersTaken&) = delete;

 private:
  std::vector<int> taken_;
};

}  // namespace just_fork

// Node has changed its process for itself, and the program that takes its place has a right to the usual:
// SIGPIPE and SIGXFSZ not ignored, the descriptors that it was given, standard streams that block, a terminal
// in its own mode. Each change here is undone by its destructor, which runs only where execve has failed.

#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <deque>
#include <vector>

#include "core/inherited.h"
#include "core/posix.h"
#include "os/os.h"

namespace just_fork {
namespace {

class DefaultDisposition {
 public:
  explicit DefaultDisposition(int signal) : signal_(signal) {
    sigaction(signal, nullptr, &old_);
    // Handlers are the kernel's to reset.
    ignored_ = old_.sa_handler == SIG_IGN;
    if (ignored_) ::signal(signal, SIG_DFL);
  }
  ~DefaultDisposition() {
    if (ignored_) sigaction(signal_, &old_, nullptr);
  }

 private:
  int signal_;
  bool ignored_;
  struct sigaction old_;
};

class PassedOn {
 public:
  PassedOn() {
    for (int fd : inherited::Open()) {
      int flags = fcntl(fd, F_GETFD);
      if (flags != -1 && flags & FD_CLOEXEC && fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC) == 0)
        fds_.push_back(fd);
    }
  }
  ~PassedOn() {
    for (int fd : fds_) fcntl(fd, F_SETFD, FD_CLOEXEC);
  }

 private:
  std::vector<int> fds_;
};

class BlockingStream {
 public:
  explicit BlockingStream(int fd) : fd_(fd), flags_(fcntl(fd, F_GETFL)) {
    if (flags_ != -1 && flags_ & O_NONBLOCK) fcntl(fd_, F_SETFL, flags_ & ~O_NONBLOCK);
  }
  ~BlockingStream() {
    if (flags_ != -1 && flags_ & O_NONBLOCK) fcntl(fd_, F_SETFL, flags_);
  }

 private:
  int fd_;
  int flags_;
};

// SIGTTOU would stop a process in the background that sets the mode of its terminal.
class TerminalOutputBlocked {
 public:
  TerminalOutputBlocked() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &set, &old_);
  }
  ~TerminalOutputBlocked() { pthread_sigmask(SIG_SETMASK, &old_, nullptr); }

 private:
  sigset_t old_;
};

// libuv remembers the mode that a terminal had before process.stdin.setRawMode(true).
class TerminalMode {
 public:
  TerminalMode() {
    for (fd_ = 0; fd_ < 3 && tcgetattr(fd_, &raw_) == -1;) fd_++;
    if (fd_ == 3) return;
    TerminalOutputBlocked blocked;
    uv_tty_reset_mode();
    termios now;
    changed_ = tcgetattr(fd_, &now) == 0 && now.c_lflag != raw_.c_lflag;
  }
  // Only what was changed: the terminal may belong to another program by now.
  ~TerminalMode() {
    if (!changed_) return;
    TerminalOutputBlocked blocked;
    tcsetattr(fd_, TCSANOW, &raw_);
  }

 private:
  int fd_;
  bool changed_ = false;
  termios raw_;
};

}  // namespace

int Exec(const Program& program, char* const argv[], char* const environment[],
         const std::vector<int>& not_ignored) {
  int error;
  {
    std::deque<DefaultDisposition> dispositions;  // each stays where it was made
    for (int signal : not_ignored) dispositions.emplace_back(signal);
    PassedOn descriptors;
    BlockingStream in(0), out(1), err(2);
    TerminalMode mode;
    if (program.path != nullptr) {
      execve(program.path, argv, environment);
      error = -errno;
    } else {
      error = ExecDescriptor(program.fd, argv, environment);
    }
  }
  return error;
}

}  // namespace just_fork

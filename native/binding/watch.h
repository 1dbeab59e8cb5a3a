// What calls back on the event loop: native/binding/watches.cc says what there is to watch.
#pragma once

#include <napi.h>
#include <signal.h>
#include <unistd.h>
#include <uv.h>

#include <map>
#include <memory>

#include "core/sleeper.h"

namespace just_fork {
namespace binding {

// Descriptors that are closed with the watch; -1: none. The first is what the loop polls.
struct Owned {
  int fds[2] = {-1, -1};
  void Close() {
    for (int& fd : fds) {
      if (fd >= 0) close(fd);
      fd = -1;
    }
  }
};

// Calls back on the event loop until it is stopped: while a descriptor is readable, and then it keeps the
// loop alive; or whenever a signal has come. The descriptor is the watch's own (of a process that ends, of
// signals, of a sleeper), or somebody else's pipe.
//
// Each Start gives 0 and the number that stops the watch, or -errno.
class Watch : public std::enable_shared_from_this<Watch> {
  struct Handle {
    union {
      uv_handle_t any;
      uv_poll_t poll;
      uv_signal_t signal;
    };
    Owned owned;
    bool in_place_of_nodes = false;  // of a signal that Node had caught
    struct sigaction nodes;
  };

 public:
  Watch(Napi::Env env, const char* name, Napi::Function callback, Handle* handle)
      : env_(env), callback_(Napi::Persistent(callback)), context_(env, name), handle_(handle) {}
  ~Watch() { Silence(); }

  static int Start(Napi::Env env, const char* name, int fd, Owned owned, Napi::Function callback,
                   uint32_t* id);

  // Whenever this signal comes, besides everybody else who listens to it. It keeps no loop alive.
  static int StartSignal(Napi::Env env, const char* name, int signal, Napi::Function callback, uint32_t* id);

  // While a thread sleeps on a word in the memory of `view`.
  static int StartSleeper(Napi::Env env, Napi::Object view, uint32_t* word, uint32_t value, void* mutex,
                          Napi::Function callback, uint32_t* id);

  // Nothing is done to one that was stopped before, or is the parent's.
  static void Stop(uint32_t id);

  // How many signals have come that the watch of a signal has not told of yet.
  static unsigned Untold(uint32_t id);

  // In a forked child. What they hold of JavaScript goes when the child has its first watch, and not now:
  // most children have none, and each page that they write to is copied.
  static void ForgetAll();

  // Of a JavaScript environment, and at its end: it stops them all. Each copy of the package calls both.
  static void Prepare();
  static void End();

 private:
  using Watches = std::map<uint32_t, std::shared_ptr<Watch>>;

  static std::shared_ptr<Watch> Of(Napi::Env env, const char* name, Napi::Function callback,
                                   std::unique_ptr<Handle> handle);
  static int Keep(std::shared_ptr<Watch> watch, uint32_t* id);

  // It calls nobody any more, and holds nothing of the system's.
  void Silence();
  static void LeaveSignal(int signal, const Handle& handle, bool was_caught, bool calls);
  static unsigned UntoldOf(const uv_signal_t& handle, bool calls);
  static void Call(void* data);

  static thread_local Watches* watches;    // of this thread's loop
  static thread_local Watches* of_parent;  // silent ones
  static thread_local uint32_t last_id;

  Napi::Env env_;
  Napi::FunctionReference callback_;
  Napi::AsyncContext context_;
  Handle* handle_;
  bool calls_ = false;  // its callback runs
  Sleeper* sleeper_ = nullptr;
  Napi::ObjectReference memory_;  // stays mapped while the sleeper sleeps there
};

}  // namespace binding
}  // namespace just_fork

// In the child: signals that the parent has caught and whose listeners have not run are the parent's alone.
#pragma once

#include <uv.h>

#include <vector>

namespace just_fork {
namespace caught_signals {

// Before uv_loop_fork, each of the loop's handles. What lies in the signal pipe is gone with it. If the fork
// was made in a listener, other signals have been read from it, and will still be dispatched when that
// listener returns: here to nobody.
void LeaveToParent(uv_signal_t* handle);
// After it.
void BeginToCount(uv_loop_t* loop);

// A child that lets go of its parent's listeners, before its loop has turned, may have caught signals for
// them since the fork. They come again, to do what they do without those listeners, if nobody else listens.
class Dismissal {
 public:
  void Note(const uv_signal_t* handle);  // before it is stopped
  void Raise();                          // after that

 private:
  struct Listener {
    const uv_signal_t* handle;
    int signal;
  };
  std::vector<Listener> listeners_;
};

}  // namespace caught_signals
}  // namespace just_fork

// Node catches SIGINT and SIGTERM once: it puts the terminal and the standard streams back as the process has
// found them, and raises the signal anew, for the default action.
#pragma once

#include <signal.h>

namespace just_fork {
namespace node_signals {

// Whether that is what this signal does now, and then its whole action.
bool IsCaught(int signal, struct sigaction* action);

// While it lives no thread is told of a SIGINT. Below vm's breakOnSigint, as in the REPL, its handler wakes a
// thread of Node's, which takes a lock of V8's: a child must not be without the one that holds it.
class Hold {
 public:
  Hold();
  ~Hold();  // in the parent what has come meanwhile comes now
  bool IsOn() const { return is_on_; }
  void DropInChild();

 private:
  bool is_on_ = false;
  struct sigaction held_;
};

// In a child: the terminal and the streams are the parent's, too, who may be in the midst of using them. The
// default action alone ends it as well.
void LeaveInChild();

}  // namespace node_signals
}  // namespace just_fork

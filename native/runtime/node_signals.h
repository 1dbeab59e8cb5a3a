// Node catches SIGINT and SIGTERM once: it puts the terminal and the standard streams back as the process has
// found them, and raises the signal anew, for the default action.
#pragma once

#include <signal.h>

namespace just_fork {
namespace node_signals {

// Whether that is what this signal does now, and then its whole action.
bool IsCaught(int signal, struct sigaction* action);

// In a child: the terminal and the streams are the parent's, too, who may be in the midst of using them. The
// default action alone ends it as well.
void LeaveInChild();

}  // namespace node_signals
}  // namespace just_fork

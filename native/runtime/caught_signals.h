// In the child: signals that the parent has caught and whose listeners have not run are the parent's alone.
#pragma once

#include <uv.h>

namespace just_fork {
namespace caught_signals {

// Before uv_loop_fork. Those that lie in the signal pipe are gone with it. If the fork was made in a
// listener, others have been read from it, and will still be dispatched when that listener returns: here to
// nobody.
void LeaveToParent(uv_loop_t* loop);

}  // namespace caught_signals
}  // namespace just_fork

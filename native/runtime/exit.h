// How a forked child ends: without Node's shutdown, which joins threads that exist in the parent alone.
#pragma once

#include "runtime/v8_abi.h"

struct uv_loop_s;

namespace just_fork {
namespace exit {

// In the child. Every end that Node gives a code to (process.exit, an uncaught error, the end of the program,
// a listener that throws) comes through node::Environment::Exit, after the at-exit hooks (coverage, profiles)
// have run; from now on that is _exit.
void LeaveWithoutJoining(node::Environment* environment, uv_loop_s* loop);

// That end: what the child itself has queued for the thread pool is done first, then _exit.
[[noreturn]] void Leave(uv_loop_s* loop, int code);

// What native code printed into C's stdout and has not been written yet. Skipped where another thread is in
// the middle of printing.
void FlushStdout();

}  // namespace exit
}  // namespace just_fork

// Puts our executor under Node's platform object, so that everything that V8 posts comes to it.
#pragma once

#include <string>

#include "runtime/executor.h"

namespace just_fork {
namespace platform {

// Once a process, on the main thread, with a handle scope open. False: nothing was changed, and `problem`
// says why.
bool Install(std::string* problem);

Executor& executor();

// Whether it sees each Worker that begins and ends from then on.
bool SeesWorkers();

}  // namespace platform
}  // namespace just_fork

// What V8's collector does in this process.
#pragma once

#include <cstddef>

#include "os/deadline.h"

namespace just_fork {
namespace collector {

void Install();  // once, on the main thread; where V8 cannot be asked, nothing is known of below

struct Space {
  size_t size = 0;  // bytes
  size_t used = 0;
};
Space Young();    // the young generation, with both its halves
bool HasMoved();  // young objects, since the last call; true in the first
bool IsAtWork();  // it marks, or threads sweep what it has marked

// Before a fork. For a large heap it takes 50 ms, once after a collection; it is waited for at most 100 ms,
// a tenth of the time, and in a short turn, the last, not until nothing is left for the fork's other steps.
void AwaitSweeping(const Deadline& deadline);

}  // namespace collector
}  // namespace just_fork

// V8's young generation.
#pragma once

#include <cstddef>

namespace just_fork {
namespace young {

struct Space {
  size_t size = 0;  // bytes, both halves
  size_t used = 0;
};
Space Now();
bool HaveMoved();  // its objects, by a collection since the last call; true in the first one, too

}  // namespace young
}  // namespace just_fork

// Where V8's heap lies side by side.
#pragma once

#include <cstdint>
#include <functional>

namespace just_fork {
namespace heap_blocks {

// The pages of 256 KiB that V8 has of it. None in huge pages: to give a part of one back would divide it.
void ForEachPage(const std::function<void(uintptr_t page)>& each);

}  // namespace heap_blocks
}  // namespace just_fork

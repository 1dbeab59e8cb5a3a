// For who maps memory for V8 in its place: as V8 itself would call madvise and munmap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace just_fork {
namespace heap {

void LeaveOut(uintptr_t start, size_t length);  // MADV_DONTFORK: inherited by the gateway's forks alone
void Unmap(uintptr_t start, size_t length);

// Of the mappings that V8 has made; none is unmapped meanwhile.
void ForEachRange(const std::function<void(uintptr_t start, uintptr_t end)>& each);

}  // namespace heap
}  // namespace just_fork

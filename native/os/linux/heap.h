// For who maps memory for V8 in its place: as V8 itself would call madvise and munmap.
#pragma once

#include <cstddef>
#include <cstdint>

namespace just_fork {
namespace heap {

void LeaveOut(uintptr_t start, size_t length);  // MADV_DONTFORK: inherited by the gateway's forks alone
void Unmap(uintptr_t start, size_t length);

}  // namespace heap
}  // namespace just_fork

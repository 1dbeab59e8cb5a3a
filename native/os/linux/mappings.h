// The mappings of this process that the kernel would leave out of a fork.
#pragma once

#include <cstdint>
#include <functional>

namespace just_fork {

// Calls `each` for every mapping with MADV_DONTFORK ("dc" among its VmFlags). 0, or -errno: /proc cannot be
// read.
int ForEachUninheritedMapping(const std::function<void(uintptr_t start, uintptr_t end)>& each);

}  // namespace just_fork

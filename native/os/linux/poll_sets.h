#pragma once

#include <vector>

namespace just_fork {

// The epoll descriptors of this process, in no order; none where /proc cannot be read.
std::vector<int> ListPollSets();

}  // namespace just_fork

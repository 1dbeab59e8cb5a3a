// The kernel's own files, of /proc and /sys: they tell no size, and are read to their end.
#pragma once

#include <string>

namespace just_fork {

// Empty if it cannot be read.
std::string ReadFile(const std::string& path);

}  // namespace just_fork

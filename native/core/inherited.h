#pragma once

#include <vector>

namespace just_fork {
namespace inherited {

void Note();              // at the first load
void Withhold(int fd);    // the program itself made it close-on-exec
std::vector<int> Open();  // those that are still open, and are for the next program too

}  // namespace inherited
}  // namespace just_fork

// Neither is done on macOS, which has no transparent huge pages.
#include "os/os.h"

namespace just_fork {
namespace heap_blocks {

void Install() {}
bool UseHugePages() { return false; }

}  // namespace heap_blocks
}  // namespace just_fork

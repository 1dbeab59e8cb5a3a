// macOS: nothing tells which of this process's mappings are V8's.
#include "os/os.h"

namespace just_fork {
namespace unused {

void Install() {}
void GiveBack(uintptr_t, size_t, size_t) {}

}  // namespace unused
}  // namespace just_fork

// macOS: nothing tells which of this process's mappings are V8's.
#include "os/os.h"

namespace just_fork {
namespace young {

void Install() {}
void GiveBackUnused(uintptr_t) {}

}  // namespace young
}  // namespace just_fork

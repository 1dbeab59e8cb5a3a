#include "os/os.h"

namespace just_fork {
namespace young {

void Install() {}
size_t Used() { return 0; }

}  // namespace young
}  // namespace just_fork

// No list on macOS.
#include "os/os.h"

namespace just_fork {
namespace held_locks {

bool Install(std::string*) { return true; }

}  // namespace held_locks
}  // namespace just_fork

// A kqueue is not inherited: kqueue(2).
#include "os/os.h"

namespace just_fork {
namespace foreign_polls {

int Note(int) { return 0; }
int RenewInChild() { return 0; }

}  // namespace foreign_polls
}  // namespace just_fork

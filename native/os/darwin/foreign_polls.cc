// A kqueue is not inherited: kqueue(2).
#include "os/os.h"

namespace just_fork {
namespace foreign_polls {

void Note(int) {}
int RenewInChild() { return 0; }

}  // namespace foreign_polls
}  // namespace just_fork

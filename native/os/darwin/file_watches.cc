// Here libuv's own way stays as it is.
#include "os/os.h"

namespace just_fork {
namespace file_watches {

void TakeOut(uv_loop_s*) {}
void PutBack(uv_loop_s*) {}

}  // namespace file_watches
}  // namespace just_fork

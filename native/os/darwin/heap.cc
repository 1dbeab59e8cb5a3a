// macOS has no MADV_DONTFORK: a fork inherits V8's memory as it is.
#include "os/os.h"

namespace just_fork {
namespace heap {

bool Install(std::string*) { return true; }
int Complete() { return 0; }
Inherit::Inherit() {}
Inherit::~Inherit() {}
int Inherit::Error() const { return 0; }
size_t RangeCount() { return 0; }
size_t Bytes() { return 0; }

}  // namespace heap
}  // namespace just_fork

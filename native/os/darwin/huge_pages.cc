// macOS has no transparent huge pages.
#include "os/os.h"

namespace just_fork {
namespace huge_pages {

bool Use() { return false; }

}  // namespace huge_pages
}  // namespace just_fork

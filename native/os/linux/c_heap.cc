// What C's heap keeps, and nobody has: of the loading of modules, of compilers. A fork would copy the
// kernel's table of these pages, too, and the first to write to one the page as well. musl gives back by
// itself.
#include "os/linux/c_heap.h"

#include <malloc.h>

#include "os/time_share.h"

namespace just_fork {
namespace c_heap {

void GiveBack() {
#ifdef __GLIBC__
  // Where a heap is in a million pieces it takes long: so at most a hundredth of the time goes into it.
  static TimeShare share(100);
  if (!share.IsLeft()) return;
  uint64_t since = uv_hrtime();
  malloc_trim(0);
  share.Take(since);
#endif
}

}  // namespace c_heap
}  // namespace just_fork

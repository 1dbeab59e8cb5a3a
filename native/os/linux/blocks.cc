#include "os/linux/blocks.h"

namespace just_fork {

uintptr_t Blocks::Take() {
  if (with_room_.empty()) return 0;
  uintptr_t block = *with_room_.begin();
  uint8_t& used = used_[block];
  unsigned first_free = static_cast<unsigned>(__builtin_ctz(~static_cast<unsigned>(used)));
  used = static_cast<uint8_t>(used | 1u << first_free);
  if (used == kFull) with_room_.erase(block);
  return block + first_free * kPage;
}

void Blocks::ForEach(const std::function<void(uintptr_t page)>& each) const {
  for (auto [block, used] : used_) {
    for (unsigned i = 0; i < kBlock / kPage; i++) {
      if ((used >> i & 1) != 0) each(block + i * kPage);
    }
  }
}

bool Blocks::Give(uintptr_t page) {
  uintptr_t block = BlockOf(page);
  uint8_t& used = used_[block];
  used = static_cast<uint8_t>(used & ~(1u << ((page - block) / kPage)));
  if (used != 0) {
    with_room_.insert(block);
    return false;
  }
  used_.erase(block);
  with_room_.erase(block);
  return true;
}

}  // namespace just_fork

// Which pages of V8's heap are in use, in blocks of the size of a huge page. Knows nothing of the kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>

namespace just_fork {

class Blocks {
 public:
  static constexpr size_t kBlock = size_t{2} << 20;
  static constexpr size_t kPage = size_t{256} << 10;  // what V8's heap grows by

  static uintptr_t BlockOf(uintptr_t address) { return address & ~(kBlock - 1); }

  void Add(uintptr_t block) {
    used_[block] = 0;
    with_room_.insert(block);
  }
  bool Contain(uintptr_t address) const { return used_.count(BlockOf(address)) != 0; }

  // A page that was free, in the lowest block that has one: so the highest get empty. 0: there is none.
  uintptr_t Take();

  // Those in use.
  void ForEach(const std::function<void(uintptr_t page)>& each) const;

  // True: it was the last in its block, which is forgotten.
  bool Give(uintptr_t page);

 private:
  static constexpr uint8_t kFull = 0xff;
  static_assert(kBlock / kPage == 8, "a bit for each page");

  std::map<uintptr_t, uint8_t> used_;
  std::set<uintptr_t> with_room_;
};

}  // namespace just_fork

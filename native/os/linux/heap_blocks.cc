// V8 maps each 256 KiB of its heap by itself, at an address of its own, far from all others. For each, a fork
// makes a mapping, and three pages of the kernel's tables: beside a large heap two fifths of its time. Here
// what the heap grows by lies side by side, in blocks of 2 MiB with one behind the other: all in one mapping.
//
// The kernel can also keep each block as one huge page, with one entry in its tables: 2 us a megabyte. A
// write after the fork divides the block for the process that writes, and copies 4 KiB, as ever. So that is
// done only for who asks.
//
// V8 takes and returns memory through v8::base::PageAllocator. Three of its functions are replaced in its
// table, which is constant data of Node's: not in a copy, since nothing leads to the object.
#include "os/linux/heap_blocks.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>

#include "os/linux/blocks.h"
#include "os/linux/files.h"
#include "os/linux/heap.h"
#include "os/linux/module.h"
#include "os/os.h"
#include "runtime/lock.h"

namespace just_fork {
namespace heap_blocks {
namespace {

constexpr size_t kBlock = Blocks::kBlock;
constexpr size_t kPage = Blocks::kPage;
constexpr int kReadWrite = PROT_READ | PROT_WRITE;

// v8::PageAllocator::Permission. For pages of its heap, Node 20 and 22 ask for the first and change it at
// once.
enum Permission { kNoAccess, kReadOnly, kReadAndWrite };

using Allocate = void* (*)(void* self, void* hint, size_t size, size_t alignment, Permission);
using Free = bool (*)(void* self, void* address, size_t size);
using Release = bool (*)(void* self, void* address, size_t size, size_t new_size);
Allocate allocate;
Free free_pages;
Release release;

Lock lock;
Blocks* blocks;  // never destroyed: V8 returns memory until the very end
bool installed = false;
std::atomic<bool> in_huge_pages{false};
uintptr_t next;  // where the next block should be: behind the last one, which makes one mapping of the two

uintptr_t Map(uintptr_t hint, size_t size) {
  void* address = mmap(reinterpret_cast<void*>(hint), size, kReadWrite,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return address == MAP_FAILED ? 0 : reinterpret_cast<uintptr_t>(address);
}

void Advise(uintptr_t start, size_t length, int advice) {
  madvise(reinterpret_cast<void*>(start), length, advice);
}

// At a multiple of its size, or 0: no memory.
uintptr_t MapBlock(uintptr_t hint) {
  uintptr_t block = Map(Blocks::BlockOf(hint), kBlock);
  if (block != 0 && Blocks::BlockOf(block) != block) {
    munmap(reinterpret_cast<void*>(block), kBlock);
    uintptr_t wide = Map(0, 2 * kBlock);
    if (wide == 0) return 0;
    block = Blocks::BlockOf(wide + kBlock - 1);
    if (block != wide) munmap(reinterpret_cast<void*>(wide), block - wide);
    size_t behind = wide + kBlock - block;
    if (behind != 0) munmap(reinterpret_cast<void*>(block + kBlock), behind);
  }
  if (block == 0) return 0;
  // Where huge pages are given to all, V8's mappings were too small for them.
  Advise(block, kBlock, in_huge_pages ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  heap::LeaveOut(block, kBlock);
  return block;
}

uintptr_t TakePage(uintptr_t hint) {
  ScopedLock held(&lock);
  if (uintptr_t page = blocks->Take()) return page;
  uintptr_t block = MapBlock(next != 0 ? next : hint);
  if (block == 0) return 0;
  next = block + kBlock;
  blocks->Add(block);
  return blocks->Take();
}

void* AllocateInBlocks(void* self, void* hint, size_t size, size_t alignment, Permission permission) {
  bool data = permission == kNoAccess || permission == kReadAndWrite;
  if (data && size == kPage && alignment == kPage) {
    uintptr_t page = TakePage(reinterpret_cast<uintptr_t>(hint));
    if (page != 0) return reinterpret_cast<void*>(page);
  }
  // A large object has a mapping of its own.
  bool huge = in_huge_pages && data && size >= 2 * kBlock;
  void* address = allocate(self, hint, size, huge ? std::max(alignment, kBlock) : alignment, permission);
  if (huge && address != nullptr) Advise(reinterpret_cast<uintptr_t>(address), size, MADV_HUGEPAGE);
  return address;
}

bool FreeInBlocks(void* self, void* address, size_t size) {
  uintptr_t page = reinterpret_cast<uintptr_t>(address);
  {
    ScopedLock held(&lock);
    if (blocks->Contain(page)) {
      if (blocks->Give(page)) {
        heap::Unmap(Blocks::BlockOf(page), kBlock);
      } else {
        // As the next one to take it expects it: with all of its 4 KiB pages accessible, and zeros.
        mprotect(address, kPage, kReadWrite);
        Advise(page, kPage, MADV_DONTNEED);
      }
      return true;
    }
  }
  return free_pages(self, address, size);
}

bool ReleaseInBlocks(void* self, void* address, size_t size, size_t new_size) {
  uintptr_t page = reinterpret_cast<uintptr_t>(address);
  {
    ScopedLock held(&lock);
    if (blocks->Contain(page)) {
      Advise(page + new_size, size - new_size, MADV_DONTNEED);
      return true;
    }
  }
  return release(self, address, size, new_size);
}

// These run inside every fork() of this process, before those of heap.cc, which are older.
void BeforeFork() { lock.Acquire(); }
void InParent() { lock.Release(); }
void InChild() { lock.Renew(); }

// See Documentation/admin-guide/mm/transhuge.rst of the kernel, and prctl(2).
bool KernelGivesThem() {
  const std::string folder = "/sys/kernel/mm/transparent_hugepage/";
  size_t size = std::strtoul(ReadFile(folder + "hpage_pmd_size").c_str(), nullptr, 10);
  std::string enabled = ReadFile(folder + "enabled");
  bool by_request =
      enabled.find("[always]") != std::string::npos || enabled.find("[madvise]") != std::string::npos;
  return size == kBlock && by_request && prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 0;
}

struct Slot {
  void** place = nullptr;
  void* stand_in;
};

// The one place in the table that has this function.
template <typename Function>
bool FindSlot(const char* name, Function stand_in, Function* original, Slot* slot) {
  void** table = static_cast<void**>(dlsym(RTLD_DEFAULT, "_ZTVN2v84base13PageAllocatorE"));
  void* function = dlsym(RTLD_DEFAULT, name);
  if (table == nullptr || function == nullptr) return false;
  size_t entries = SizeOfVtable(table) / sizeof(void*);
  if (std::count(table, table + entries, function) != 1) return false;
  *original = reinterpret_cast<Function>(function);
  *slot = {std::find(table, table + entries, function), reinterpret_cast<void*>(stand_in)};
  return true;
}

}  // namespace

void Install() {
  Slot slots[3];
  if (!FindSlot("_ZN2v84base13PageAllocator9FreePagesEPvm", FreeInBlocks, &free_pages, &slots[0]) ||
      !FindSlot("_ZN2v84base13PageAllocator12ReleasePagesEPvmm", ReleaseInBlocks, &release, &slots[1]) ||
      !FindSlot("_ZN2v84base13PageAllocator13AllocatePagesEPvmmNS_13PageAllocator10PermissionE",
                AllocateInBlocks, &allocate, &slots[2]) ||
      pthread_atfork(BeforeFork, InParent, InChild) != 0) {
    return;
  }
  blocks = new Blocks;
  // The one that begins to hand out pages is the last. The first two do nothing without it.
  installed = std::all_of(std::begin(slots), std::end(slots),
                          [](const Slot& slot) { return StoreReadOnly(slot.place, slot.stand_in); });
}

bool UseHugePages() {
  if (installed && KernelGivesThem()) in_huge_pages = true;
  return in_huge_pages;
}

void ForEachPage(const std::function<void(uintptr_t page)>& each) {
  if (!installed || in_huge_pages) return;
  ScopedLock held(&lock);
  blocks->ForEach(each);
}

}  // namespace heap_blocks
}  // namespace just_fork

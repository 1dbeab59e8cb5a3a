// A program or library in memory, as its ELF headers describe it: what the loaders of all C libraries read,
// and not all tell of.
#pragma once

#include <link.h>

#include <cstddef>
#include <cstdint>

namespace just_fork {

struct Module {
  uintptr_t base = 0;
  const ElfW(Dyn) * dynamic = nullptr;  // ends with DT_NULL
  uintptr_t read_only_start = 0;        // GNU_RELRO: what the loader has made read-only after relocation
  uintptr_t read_only_end = 0;
};

// The one that contains `inside`. False: none does.
bool FindModule(const void* inside, Module* module);

// Of an address in the dynamic section: glibc stores the absolute one there, musl leaves it relative to the
// base.
template <typename T>
T AddressIn(const Module& module, uintptr_t value) {
  return reinterpret_cast<T>(value < module.base ? module.base + value : value);
}

// Bytes of the exported symbol that begins at `address`. 0: there is none, or it has no size.
size_t SizeOfSymbol(const void* address);

// Into memory of a module that is read-only, and is so again. Other threads may be reading it. False, with
// nothing changed: the kernel does not allow it.
bool StoreReadOnly(void** place, void* value);

}  // namespace just_fork

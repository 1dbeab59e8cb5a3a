#include "os/linux/got.h"

#include <cstdint>
#include <cstring>

#include "os/linux/module.h"

namespace just_fork {
namespace {

#if __SIZEOF_POINTER__ == 8
#define JUST_FORK_R_SYM ELF64_R_SYM
#else
#define JUST_FORK_R_SYM ELF32_R_SYM
#endif

bool Write(const Module& module, uintptr_t slot, void* value) {
  void** place = reinterpret_cast<void**>(slot);
  if (slot >= module.read_only_start && slot < module.read_only_end) return StoreReadOnly(place, value);
  __atomic_store_n(place, value, __ATOMIC_SEQ_CST);
  return true;
}

}  // namespace

bool RedirectImport(const void* inside, const char* name, void* replacement) {
  Module module;
  if (!FindModule(inside, &module)) return false;

  const ElfW(Sym)* symbols = nullptr;
  const char* strings = nullptr;
  struct {
    const ElfW(Rela) * start = nullptr;
    size_t bytes = 0;
  } tables[2];  // the procedure linkage table's, and all others
  for (const ElfW(Dyn)* entry = module.dynamic; entry->d_tag != DT_NULL; entry++) {
    uintptr_t value = entry->d_un.d_ptr;
    if (entry->d_tag == DT_SYMTAB) symbols = AddressIn<const ElfW(Sym)*>(module, value);
    if (entry->d_tag == DT_STRTAB) strings = AddressIn<const char*>(module, value);
    if (entry->d_tag == DT_JMPREL) tables[0].start = AddressIn<const ElfW(Rela)*>(module, value);
    if (entry->d_tag == DT_PLTRELSZ) tables[0].bytes = entry->d_un.d_val;
    if (entry->d_tag == DT_RELA) tables[1].start = AddressIn<const ElfW(Rela)*>(module, value);
    if (entry->d_tag == DT_RELASZ) tables[1].bytes = entry->d_un.d_val;
  }
  if (symbols == nullptr || strings == nullptr) return false;

  bool redirected = false;
  for (const auto& table : tables) {
    for (size_t i = 0; table.start != nullptr && i < table.bytes / sizeof(ElfW(Rela)); i++) {
      const ElfW(Rela)& relocation = table.start[i];
      size_t symbol = JUST_FORK_R_SYM(relocation.r_info);
      if (symbol == 0 || std::strcmp(strings + symbols[symbol].st_name, name) != 0) continue;
      if (Write(module, module.base + relocation.r_offset, replacement)) redirected = true;
    }
  }
  return redirected;
}

}  // namespace just_fork

#include "os/linux/got.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace just_fork {
namespace {

#if __SIZEOF_POINTER__ == 8
#define JUST_FORK_R_SYM ELF64_R_SYM
#else
#define JUST_FORK_R_SYM ELF32_R_SYM
#endif

struct Module {
  uintptr_t inside;
  uintptr_t base = 0;
  const ElfW(Dyn) * dynamic = nullptr;
  uintptr_t read_only_start = 0;  // GNU_RELRO: what the loader has made read-only after relocation
  uintptr_t read_only_end = 0;
};

int FindModule(dl_phdr_info* info, size_t, void* data) {
  auto* module = static_cast<Module*>(data);
  bool found = false;
  Module candidate = {module->inside};
  candidate.base = info->dlpi_addr;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + header.p_vaddr;
    uintptr_t end = start + header.p_memsz;
    if (header.p_type == PT_LOAD && module->inside >= start && module->inside < end) found = true;
    if (header.p_type == PT_DYNAMIC) candidate.dynamic = reinterpret_cast<const ElfW(Dyn)*>(start);
    if (header.p_type == PT_GNU_RELRO) {
      candidate.read_only_start = start;
      candidate.read_only_end = end;
    }
  }
  if (!found || candidate.dynamic == nullptr) return 0;
  *module = candidate;
  return 1;
}

// glibc stores absolute addresses in the dynamic section, musl leaves them relative to the base.
template <typename T>
T Address(const Module& module, uintptr_t value) {
  return reinterpret_cast<T>(value < module.base ? module.base + value : value);
}

bool Write(const Module& module, uintptr_t slot, void* value) {
  uintptr_t page_size = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  void* page = reinterpret_cast<void*>(slot & ~(page_size - 1));
  bool read_only = slot >= module.read_only_start && slot < module.read_only_end;
  if (read_only && mprotect(page, page_size, PROT_READ | PROT_WRITE) == -1) return false;
  __atomic_store_n(reinterpret_cast<void**>(slot), value, __ATOMIC_SEQ_CST);
  if (read_only) mprotect(page, page_size, PROT_READ);
  return true;
}

}  // namespace

bool RedirectImport(const void* inside, const char* name, void* replacement) {
  Module module = {reinterpret_cast<uintptr_t>(inside)};
  if (dl_iterate_phdr(FindModule, &module) == 0) return false;

  const ElfW(Sym)* symbols = nullptr;
  const char* strings = nullptr;
  struct {
    const ElfW(Rela) * start = nullptr;
    size_t bytes = 0;
  } tables[2];  // the procedure linkage table's, and all others
  for (const ElfW(Dyn)* entry = module.dynamic; entry->d_tag != DT_NULL; entry++) {
    uintptr_t value = entry->d_un.d_ptr;
    if (entry->d_tag == DT_SYMTAB) symbols = Address<const ElfW(Sym)*>(module, value);
    if (entry->d_tag == DT_STRTAB) strings = Address<const char*>(module, value);
    if (entry->d_tag == DT_JMPREL) tables[0].start = Address<const ElfW(Rela)*>(module, value);
    if (entry->d_tag == DT_PLTRELSZ) tables[0].bytes = entry->d_un.d_val;
    if (entry->d_tag == DT_RELA) tables[1].start = Address<const ElfW(Rela)*>(module, value);
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

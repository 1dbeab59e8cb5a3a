#include "os/linux/module.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace just_fork {
namespace {

struct Search {
  uintptr_t inside;
  Module* module;
};

int Look(dl_phdr_info* info, size_t, void* data) {
  const auto* search = static_cast<Search*>(data);
  bool found = false;
  Module candidate;
  candidate.base = info->dlpi_addr;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + header.p_vaddr;
    uintptr_t end = start + header.p_memsz;
    if (header.p_type == PT_LOAD && search->inside >= start && search->inside < end) found = true;
    if (header.p_type == PT_DYNAMIC) candidate.dynamic = reinterpret_cast<const ElfW(Dyn)*>(start);
    if (header.p_type == PT_GNU_RELRO) {
      candidate.read_only_start = start;
      candidate.read_only_end = end;
    }
  }
  if (!found || candidate.dynamic == nullptr) return 0;
  *search->module = candidate;
  return 1;
}

// The table of symbols does not tell its own length. A hash table of the older kind does; one of GNU's ends
// with the last of them: each bucket has the index of its first symbol, and the low bit of a hash value ends
// the chain.
uint32_t CountHashed(const uint32_t* table) {
  struct Header {
    uint32_t buckets;
    uint32_t first;  // symbols before it are not in the table
    uint32_t filter_words;
    uint32_t filter_shift;
  };
  const auto& header = *reinterpret_cast<const Header*>(table);
  const auto* filter = reinterpret_cast<const ElfW(Addr)*>(&header + 1);
  const auto* buckets = reinterpret_cast<const uint32_t*>(filter + header.filter_words);
  const uint32_t* chains = buckets + header.buckets;
  uint32_t last = header.buckets == 0 ? 0 : *std::max_element(buckets, chains);
  if (last < header.first) return header.first;
  while ((chains[last - header.first] & 1) == 0) last++;
  return last + 1;
}

}  // namespace

bool FindModule(const void* inside, Module* module) {
  Search search = {reinterpret_cast<uintptr_t>(inside), module};
  return dl_iterate_phdr(Look, &search) != 0;
}

size_t SizeOfSymbol(const void* address) {
  Module module;
  if (!FindModule(address, &module)) return 0;
  const ElfW(Sym)* symbols = nullptr;
  uint32_t count = 0;
  for (const ElfW(Dyn)* entry = module.dynamic; entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag == DT_SYMTAB) symbols = AddressIn<const ElfW(Sym)*>(module, entry->d_un.d_ptr);
    if (entry->d_tag == DT_HASH) count = AddressIn<const uint32_t*>(module, entry->d_un.d_ptr)[1];
    if (entry->d_tag == DT_GNU_HASH && count == 0) {
      count = CountHashed(AddressIn<const uint32_t*>(module, entry->d_un.d_ptr));
    }
  }
  if (symbols == nullptr) return 0;
  uintptr_t value = reinterpret_cast<uintptr_t>(address) - module.base;
  const ElfW(Sym)* end = symbols + count;
  const auto* found = std::find_if(symbols, end, [value](const ElfW(Sym) & symbol) {
    return symbol.st_value == value && symbol.st_shndx != SHN_UNDEF && symbol.st_size != 0;
  });
  return found == end ? 0 : found->st_size;
}

bool StoreReadOnly(void** place, void* value) {
  uintptr_t page_size = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  void* page = reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(place) & ~(page_size - 1));
  if (mprotect(page, page_size, PROT_READ | PROT_WRITE) == -1) return false;
  __atomic_store_n(place, value, __ATOMIC_SEQ_CST);
  mprotect(page, page_size, PROT_READ);
  return true;
}

}  // namespace just_fork

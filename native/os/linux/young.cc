// V8 keeps its young generation in two halves, in chunks of 256 KiB, and a collection copies what lives from
// one into the other. In between, one half has no objects at all, nor have those chunks of the other that
// come after the one in which objects are made: all of what V8 itself calls unused, and leaves as the last
// collection left it. The halves grow, to 16 MiB each on Node 20 and 64 on Node 24, and a fork would copy the
// kernel's table of their pages. So they are given back before: the next to write there, in parent or child,
// gets zeros. Not the start of a chunk, where V8 keeps its own data and says that the rest is empty.
//
// All this is seen from outside, so it is done only if everything that can be checked fits.
#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "os/linux/heap.h"
#include "os/os.h"

namespace v8 {
class Isolate;
struct HeapSpaceStatistics {  // v8-statistics.h
  const char* name = nullptr;
  size_t size = 0;
  size_t used = 0;
  size_t available = 0;
  size_t physical = 0;
};
}  // namespace v8

namespace just_fork {
namespace young {
namespace {

constexpr size_t kChunk = size_t{256} << 10;
constexpr size_t kKept = size_t{8} << 10;  // of each chunk: 4.4 KiB in V8 11 and 12, 16 bytes from 13 on
constexpr size_t kNewest = 56;             // bytes of an object as napi_create_object makes it
constexpr uintptr_t kFromPage = 1 << 3;    // V8's MemoryChunk::Flag, 11 to 14
constexpr uintptr_t kToPage = 1 << 4;
constexpr int kCollections = 1 | 2 | 4;  // v8::GCType: all those that move objects of the young generation

v8::Isolate* isolate;
bool (*get_space_statistics)(v8::Isolate*, v8::HeapSpaceStatistics*, size_t);
bool collected = false;  // since the last look; the first one is worth it after a collection, too

void NoteCollection(v8::Isolate*, int, int) { collected = true; }

uintptr_t ChunkOf(uintptr_t address) { return address & ~(kChunk - 1); }
const uintptr_t* WordsAt(uintptr_t address) { return reinterpret_cast<const uintptr_t*>(address); }

// By the kernel, which does not mind memory that cannot be read. Empty: there is some.
std::vector<uintptr_t> Read(const std::vector<iovec>& words) {
  std::vector<uintptr_t> values(words.size());
  for (size_t done = 0; done < words.size();) {
    size_t count = std::min<size_t>(words.size() - done, IOV_MAX);
    size_t bytes = count * sizeof values[0];
    iovec here = {&values[done], bytes};
    if (process_vm_readv(getpid(), &here, 1, &words[done], count, 0) != static_cast<ssize_t>(bytes))
      return {};
    done += count;
  }
  return values;
}

struct Halves {
  std::vector<uintptr_t> from, to;
};

// In V8 11.3 a chunk begins with its size, and its flags follow; from 12 on with the flags, and then comes
// the address of what else V8 knows of the chunk.
Halves FindHalves(bool size_first) {
  std::vector<iovec> words;  // the one with the flags, of each mapping that can be a chunk
  heap::ForEachRange([&](uintptr_t start, uintptr_t end) {
    if (end - start != kChunk || ChunkOf(start) != start) return;
    words.push_back({reinterpret_cast<void*>(start + (size_first ? sizeof start : 0)), sizeof start});
  });
  Halves halves;
  std::vector<uintptr_t> flags = Read(words);
  for (size_t i = 0; i < flags.size(); i++) {
    uintptr_t chunk = ChunkOf(reinterpret_cast<uintptr_t>(words[i].iov_base));
    if ((flags[i] & kFromPage) != 0) halves.from.push_back(chunk);
    if ((flags[i] & kToPage) != 0) halves.to.push_back(chunk);
  }
  return halves;
}

v8::HeapSpaceStatistics Statistics() {
  v8::HeapSpaceStatistics space;
  for (size_t i = 0; get_space_statistics(isolate, &space, i); i++) {
    if (std::strcmp(space.name, "new_space") == 0) return space;
  }
  return {};
}

// The chunks in V8's own order, in which it fills them: each has a link to the next and, behind that, one to
// the one before. Where in a chunk's data these are is found out: at the one place where they lead through
// all of the chunks. Empty: there is no such place.
std::vector<uintptr_t> InOrder(const std::vector<uintptr_t>& chunks, bool size_first) {
  constexpr size_t kFirstLink = 24, kLastLink = 40;
  std::vector<std::pair<uintptr_t, uintptr_t>> nodes;  // what a link leads to, and its chunk
  for (uintptr_t chunk : chunks) nodes.emplace_back(size_first ? chunk : WordsAt(chunk)[1], chunk);
  std::sort(nodes.begin(), nodes.end());
  auto find = [&nodes](uintptr_t node) {
    auto it = std::lower_bound(nodes.begin(), nodes.end(), std::make_pair(node, uintptr_t{0}));
    return it != nodes.end() && it->first == node ? it->second : 0;
  };
  for (size_t link = kFirstLink; link < kLastLink; link++) {
    auto first = std::find_if(nodes.begin(), nodes.end(),
                              [link](const auto& node) { return WordsAt(node.first)[link + 1] == 0; });
    if (first == nodes.end()) continue;
    std::vector<uintptr_t> ordered;
    uintptr_t before = 0;
    uintptr_t chunk;
    for (uintptr_t node = first->first; ordered.size() <= nodes.size(); node = WordsAt(node)[link]) {
      if ((chunk = find(node)) == 0 || WordsAt(node)[link + 1] != before) break;
      ordered.push_back(chunk);
      before = node;
    }
    if (ordered.size() == nodes.size() && WordsAt(before)[link] == 0) return ordered;
  }
  return {};
}

// Whether `newest`, in the chunk after `full` others, is the last object that V8 counts.
bool IsLast(uintptr_t newest, size_t full, size_t used) {
  size_t end = full * kChunk + newest - ChunkOf(newest) + kNewest;
  size_t of_chunk = (end - used) / (full + 1);  // bytes at the start of each chunk that are no objects'
  return used <= end && of_chunk * (full + 1) == end - used && of_chunk < kKept;
}

void GiveBack(uintptr_t chunk) {
  static const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  size_t kept = std::max(kKept, page);
  madvise(reinterpret_cast<void*>(chunk + kept), kChunk - kept, MADV_DONTNEED);
}

}  // namespace

void Install() {
  auto current = reinterpret_cast<v8::Isolate* (*)()>(dlsym(RTLD_DEFAULT, "_ZN2v87Isolate10GetCurrentEv"));
  auto version = reinterpret_cast<const char* (*)()>(dlsym(RTLD_DEFAULT, "_ZN2v82V810GetVersionEv"));
  auto add_callback = reinterpret_cast<void (*)(v8::Isolate*, void (*)(v8::Isolate*, int, int), int)>(dlsym(
      RTLD_DEFAULT, "_ZN2v87Isolate21AddGCEpilogueCallbackEPFvPS0_NS_6GCTypeENS_15GCCallbackFlagsEES2_"));
  auto statistics = reinterpret_cast<decltype(get_space_statistics)>(
      dlsym(RTLD_DEFAULT, "_ZN2v87Isolate22GetHeapSpaceStatisticsEPNS_19HeapSpaceStatisticsEm"));
  if (current == nullptr || version == nullptr || add_callback == nullptr || statistics == nullptr) return;
  int major = std::atoi(version());
  if (major < 11 || major > 14) return;  // its flags are not known
  isolate = current();
  get_space_statistics = statistics;
  add_callback(isolate, NoteCollection, kCollections);
  collected = true;
}

void GiveBackUnused(uintptr_t newest) {
  if (!collected) return;
  collected = false;
  v8::HeapSpaceStatistics space = Statistics();
  uintptr_t current = ChunkOf(newest);
  bool size_first = WordsAt(current)[0] == kChunk;
  Halves halves = FindHalves(size_first);
  size_t chunks = halves.from.size() + halves.to.size();
  auto known = [current](const std::vector<uintptr_t>& half) {
    return std::find(half.begin(), half.end(), current) != half.end();
  };
  if (chunks * kChunk != space.size || !known(halves.to) || known(halves.from)) return;

  std::for_each(halves.from.begin(), halves.from.end(), GiveBack);
  if (halves.from.empty()) return;  // with V8's --minor-ms there are no halves
  std::vector<uintptr_t> ordered = InOrder(halves.to, size_first);
  auto it = std::find(ordered.begin(), ordered.end(), current);
  if (it == ordered.end() || !IsLast(newest, static_cast<size_t>(it - ordered.begin()), space.used)) return;
  std::for_each(it + 1, ordered.end(), GiveBack);
}

}  // namespace young
}  // namespace just_fork

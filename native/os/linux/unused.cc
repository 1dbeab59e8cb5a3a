// V8 keeps memory in which it has nothing, in chunks of 256 KiB. Its young generation has two halves, of up
// to 16 MiB each on Node 20 and 64 on Node 24: a collection copies what lives from one into the other, and
// then one is empty, as are those chunks of the other that come after the one in which objects are made. And
// since V8 12 a chunk of the old generation that has become empty is kept for a while, however many there
// are. A fork would copy the kernel's table of all those pages. So they are given back before: the next to
// write there, in parent or child, gets zeros. Not the start of a chunk, where V8 keeps its own data and says
// that the rest is empty.
//
// All this is seen from outside, so it is done only if everything that can be checked fits.
#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "os/linux/c_heap.h"
#include "os/linux/heap.h"
#include "os/linux/heap_blocks.h"
#include "os/os.h"

namespace just_fork {
namespace unused {
namespace {

constexpr size_t kChunk = size_t{256} << 10;
constexpr size_t kKept = size_t{8} << 10;  // of each chunk: 4.4 KiB in V8 11 and 12, 16 bytes from 13 on
constexpr size_t kNewest = 56;             // bytes of an object as napi_create_object makes it

// What a chunk begins with, of what V8 calls MemoryChunk. In V8 11.3 its size, its flags, and more; from then
// on the flags, and the address of what else V8 knows of the chunk. In 12 that is the chunk's own.
struct Chunk {
  uintptr_t address;
  uintptr_t words[3];

  uintptr_t flags() const { return words[0] == kChunk ? words[1] : words[0]; }
  uintptr_t data() const { return words[0] == kChunk ? address : words[1]; }
};
constexpr uintptr_t kFromPage = 1 << 3;  // flags, V8 11 to 14
constexpr uintptr_t kToPage = 1 << 4;
bool known = false;   // V8's flags are those above
uintptr_t freed = 0;  // those that say that the chunk is free (PRE_FREED, UNREGISTERED); 0: unknown

uintptr_t ChunkOf(uintptr_t address) { return address & ~(kChunk - 1); }
const uintptr_t* WordsAt(uintptr_t address) { return reinterpret_cast<const uintptr_t*>(address); }

// By the kernel, which does not mind if there is memory that cannot be read: then this is false.
bool Read(const std::vector<iovec>& from, void* to) {
  char* next = static_cast<char*>(to);
  for (size_t done = 0; done < from.size();) {
    size_t count = std::min<size_t>(from.size() - done, IOV_MAX);
    size_t bytes = count * from[0].iov_len;
    iovec here = {next, bytes};
    if (process_vm_readv(getpid(), &here, 1, &from[done], count, 0) != static_cast<ssize_t>(bytes))
      return false;
    next += bytes;
    done += count;
  }
  return true;
}

// Those in our blocks, and the mappings of V8's that can be a chunk of the usual size. Some of these are
// something else.
std::vector<Chunk> FindChunks() {
  std::vector<Chunk> chunks;
  std::vector<iovec> starts;
  auto add = [&](uintptr_t start) {
    chunks.push_back({start, {}});
    starts.push_back({reinterpret_cast<void*>(start), sizeof Chunk::words});
  };
  heap::ForEachRange([&](uintptr_t start, uintptr_t end) {
    if (end - start == kChunk && ChunkOf(start) == start) add(start);
  });
  heap_blocks::ForEachPage(add);
  std::vector<uintptr_t> words(chunks.size() * 3);
  if (!Read(starts, words.data())) return {};
  for (size_t i = 0; i < chunks.size(); i++) std::copy_n(&words[i * 3], 3, chunks[i].words);
  return chunks;
}

std::vector<Chunk> Marked(const std::vector<Chunk>& chunks, uintptr_t flag) {
  std::vector<Chunk> found;
  std::copy_if(chunks.begin(), chunks.end(), std::back_inserter(found),
               [flag](const Chunk& chunk) { return (chunk.flags() & flag) == flag; });
  return found;
}

// The chunks of a half in V8's own order, in which it fills them: each has a link to the next and, behind
// that, one to the one before. Where in a chunk's data these are is found out: at the one place where they
// lead through all of the chunks. Empty: there is no such place.
std::vector<Chunk> InOrder(std::vector<Chunk> chunks) {
  constexpr size_t kFirstLink = 24, kLastLink = 40;
  auto before = [](const Chunk& a, const Chunk& b) { return a.data() < b.data(); };
  std::sort(chunks.begin(), chunks.end(), before);
  for (size_t link = kFirstLink; link < kLastLink; link++) {
    auto it = std::find_if(chunks.begin(), chunks.end(),
                           [link](const Chunk& chunk) { return WordsAt(chunk.data())[link + 1] == 0; });
    std::vector<Chunk> ordered;
    uintptr_t last = 0;
    while (it != chunks.end() && ordered.size() < chunks.size() && WordsAt(it->data())[link + 1] == last) {
      ordered.push_back(*it);
      last = it->data();
      Chunk next = {0, {0, WordsAt(last)[link], 0}};
      it = std::lower_bound(chunks.begin(), chunks.end(), next, before);
      if (it != chunks.end() && it->data() != next.data()) it = chunks.end();
    }
    if (ordered.size() == chunks.size() && WordsAt(last)[link] == 0) return ordered;
  }
  return {};
}

// Whether `newest`, in the chunk after `full` others, is the last object that V8 counts.
bool IsLast(uintptr_t newest, size_t full, size_t used) {
  size_t end = full * kChunk + newest - ChunkOf(newest) + kNewest;
  size_t of_chunk = (end - used) / (full + 1);  // bytes at the start of each chunk that are no objects'
  return used <= end && of_chunk * (full + 1) == end - used && of_chunk < kKept;
}

void GiveBackChunk(const Chunk& chunk) {
  static const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  size_t kept = std::max(kKept, page);
  madvise(reinterpret_cast<void*>(chunk.address + kept), kChunk - kept, MADV_DONTNEED);
}

// Those that are marked as free, and of which V8 has not forgotten that they are of its chunks.
void GiveBackFree(const std::vector<Chunk>& chunks) {
  if (freed == 0) return;
  std::vector<Chunk> marked = Marked(chunks, freed);
  std::vector<iovec> data;
  for (const Chunk& chunk : marked)
    data.push_back({reinterpret_cast<void*>(chunk.data()), sizeof Chunk::words});
  std::vector<uintptr_t> words(marked.size() * 3);
  if (!Read(data, words.data())) return;
  for (size_t i = 0; i < marked.size(); i++) {
    const Chunk& chunk = marked[i];
    // In V8 12 the chunk's size follows. In 13 its data begin with its reservation: by whom, from where on,
    // how much.
    const uintptr_t* reservation = chunk.data() == chunk.address ? &chunk.words[1] : &words[i * 3 + 1];
    if (reservation[0] == chunk.address && reservation[1] == kChunk) GiveBackChunk(chunk);
  }
}

}  // namespace

void Install() {
  auto get_version = reinterpret_cast<const char* (*)()>(dlsym(RTLD_DEFAULT, "_ZN2v82V810GetVersionEv"));
  int major = 0, minor = 0;
  if (get_version != nullptr) std::sscanf(get_version(), "%d.%d", &major, &minor);
  known = major >= 11 && major <= 14;
  if (major == 12 && minor == 4) freed = 1 << 13 | 1 << 16;
  if (major == 13 && minor == 6) freed = 1 << 16 | 1 << 19;
}

void GiveBack(uintptr_t newest, size_t young_size, size_t young_used) {
  c_heap::GiveBack();  // much of that is freed by a collection
  if (!known) return;
  std::vector<Chunk> chunks = FindChunks();
  std::vector<Chunk> from = Marked(chunks, kFromPage);
  std::vector<Chunk> to = Marked(chunks, kToPage);
  auto holds_newest = [newest](const Chunk& chunk) { return chunk.address == ChunkOf(newest); };
  if ((from.size() + to.size()) * kChunk != young_size || std::none_of(to.begin(), to.end(), holds_newest) ||
      std::any_of(from.begin(), from.end(), holds_newest)) {
    return;
  }
  GiveBackFree(chunks);
  std::for_each(from.begin(), from.end(), GiveBackChunk);
  if (from.empty()) return;  // with V8's --minor-ms there are no halves
  std::vector<Chunk> ordered = InOrder(std::move(to));
  auto current = std::find_if(ordered.begin(), ordered.end(), holds_newest);
  if (current == ordered.end()) return;
  if (!IsLast(newest, static_cast<size_t>(current - ordered.begin()), young_used)) return;
  std::for_each(current + 1, ordered.end(), GiveBackChunk);
}

}  // namespace unused
}  // namespace just_fork

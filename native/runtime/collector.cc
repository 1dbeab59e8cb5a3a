#include "runtime/collector.h"

#include <uv.h>

#include <algorithm>
#include <cstring>

#include "os/time_share.h"
#include "runtime/platform.h"
#include "runtime/symbols.h"

namespace just_fork {
namespace collector {
namespace {

constexpr int kOfAll = 1 << 2;           // v8::GCType: of the whole heap, once it is marked
constexpr int kYoung = 1 << 0 | 1 << 1;  // of young objects alone
constexpr int kMarking = 1 << 3;         // the beginning of that, to go on between and beside JavaScript

constexpr uint64_t kAwaited = 100'000'000;  // for the sweeping after one collection, at most
constexpr uint64_t kSweeping = 200'000'000;
constexpr int64_t kShortTurn =
    49'000'000;  // such a one is the last: fork() begins with 50 ms (src/child/fork.ts)
constexpr int64_t kForOthers = 20'000'000;  // of that, the fork's other steps

v8::Isolate* isolate;
bool moved = false;
bool marks = false;
bool sweeps = false;  // or did, when we last looked
uint64_t swept_from;
uint64_t awaited;  // of the sweeping since then

void NoteMarking(v8::Isolate*, int, int) { marks = true; }

void NoteCollection(v8::Isolate*, int type, int) {
  moved = true;
  if (type != kOfAll) return;
  marks = false;
  sweeps = true;
  swept_from = uv_hrtime();
  awaited = 0;
}

// What threads do longer than that is something else, such as to compile.
bool Sweeps() {
  if (sweeps && (uv_hrtime() - swept_from > kSweeping || platform::executor().IsIdle())) sweeps = false;
  return sweeps;
}

}  // namespace

void Install() {
  const symbols::CollectorSymbols& functions = symbols::Collector();
  if (!functions.AreAll()) return;
  isolate = symbols::CurrentIsolate();
  functions.add_prologue(isolate, NoteMarking, kMarking);
  functions.add_epilogue(isolate, NoteCollection, kYoung | kOfAll);
  moved = true;  // by those before
}

Space Young() {
  // V8 counts the pages of the old generation for its own figures: so these are asked for once.
  static size_t index = 0;
  if (isolate == nullptr) return {};
  v8::HeapSpaceStatistics space;
  for (size_t i = index; symbols::Collector().get_space_statistics(isolate, &space, i); i++) {
    if (std::strcmp(space.name, "new_space") != 0) continue;
    index = i;
    return {space.size, space.used};
  }
  return {};
}

bool HasMoved() {
  bool since = moved;
  moved = false;
  return since;
}

bool IsAtWork() { return marks || Sweeps(); }

// Parent and child would both go on with it, and copy each page that they write to.
void AwaitSweeping(const Deadline& deadline) {
  static TimeShare share(10);
  if (!Sweeps() || awaited >= kAwaited || (awaited == 0 && !share.IsLeft())) return;
  int64_t longest = static_cast<int64_t>(kAwaited - awaited);
  int64_t left = deadline.Left();
  if (left >= 0)
    longest = std::min(longest, left < kShortTurn ? std::max(left - kForOthers, int64_t{0}) : left);
  uint64_t since = uv_hrtime();
  if (platform::executor().AwaitIdle(Deadline(longest))) sweeps = false;
  awaited += uv_hrtime() - since;
  share.Take(uv_hrtime() - awaited);
}

}  // namespace collector
}  // namespace just_fork

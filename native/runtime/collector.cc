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

v8::Isolate* isolate;
bool moved = false;
bool marks = false;
bool sweeps = false;  // or did, when we last looked

void NoteMarking(v8::Isolate*, int, int) { marks = true; }

void NoteCollection(v8::Isolate*, int type, int) {
  moved = true;
  if (type != kOfAll) return;
  marks = false;
  sweeps = true;
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

bool IsAtWork() {
  if (sweeps && platform::executor().IsIdle()) sweeps = false;
  return marks || sweeps;
}

// Parent and child would both go on with it, and copy each page that they write to.
void AwaitSweeping(const Deadline& deadline) {
  constexpr int64_t kLongest = 100'000'000;
  static TimeShare share(10);
  if (!sweeps || !share.IsLeft()) return;
  uint64_t since = uv_hrtime();
  int64_t left = deadline.Left();
  sweeps = !platform::executor().AwaitIdle(Deadline(left < 0 ? kLongest : std::min(left, kLongest)));
  share.Take(since);
}

}  // namespace collector
}  // namespace just_fork

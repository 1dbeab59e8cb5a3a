#include "runtime/collector.h"

#include <dlfcn.h>
#include <uv.h>

#include <algorithm>
#include <cstring>

#include "runtime/platform.h"

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
namespace collector {
namespace {

constexpr int kOfAll = 1 << 2;           // v8::GCType: of the whole heap, once it is marked
constexpr int kYoung = 1 << 0 | 1 << 1;  // of young objects alone
constexpr int kMarking = 1 << 3;         // the beginning of that, to go on between and beside JavaScript

v8::Isolate* isolate;
bool (*get_space_statistics)(v8::Isolate*, v8::HeapSpaceStatistics*, size_t);
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

template <typename Function>
bool Find(Function* function, const char* name) {
  *function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
  return *function != nullptr;
}

}  // namespace

void Install() {
  using AddCallback = void (*)(v8::Isolate*, void (*)(v8::Isolate*, int, int), int);
  AddCallback add_before, add_after;
  v8::Isolate* (*get_current)();
  if (!Find(&get_current, "_ZN2v87Isolate10GetCurrentEv") ||
      !Find(&add_before,
            "_ZN2v87Isolate21AddGCPrologueCallbackEPFvPS0_NS_6GCTypeENS_15GCCallbackFlagsEES2_") ||
      !Find(&add_after,
            "_ZN2v87Isolate21AddGCEpilogueCallbackEPFvPS0_NS_6GCTypeENS_15GCCallbackFlagsEES2_") ||
      !Find(&get_space_statistics, "_ZN2v87Isolate22GetHeapSpaceStatisticsEPNS_19HeapSpaceStatisticsEm")) {
    return;
  }
  isolate = get_current();
  add_before(isolate, NoteMarking, kMarking);
  add_after(isolate, NoteCollection, kYoung | kOfAll);
  moved = true;  // by those before
}

Space Young() {
  // V8 counts the pages of the old generation for its own figures: so these are asked for once.
  static size_t index = 0;
  if (isolate == nullptr) return {};
  v8::HeapSpaceStatistics space;
  for (size_t i = index; get_space_statistics(isolate, &space, i); i++) {
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
  static uint64_t next = 0;
  if (!sweeps) return;
  uint64_t before = uv_hrtime();
  if (before < next) return;
  int64_t left = deadline.Left();
  sweeps = !platform::executor().AwaitIdle(Deadline(left < 0 ? kLongest : std::min(left, kLongest)));
  uint64_t after = uv_hrtime();
  next = after + 10 * (after - before);
}

}  // namespace collector
}  // namespace just_fork

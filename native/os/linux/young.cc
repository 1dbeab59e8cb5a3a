#include "os/linux/young.h"

#include <dlfcn.h>

#include <cstring>

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

constexpr int kCollections = 1 | 2 | 4;  // v8::GCType: all those that move objects of the young generation

v8::Isolate* isolate;
bool (*get_space_statistics)(v8::Isolate*, v8::HeapSpaceStatistics*, size_t);
bool moved = false;

void NoteCollection(v8::Isolate*, int, int) { moved = true; }

template <typename Function>
bool Find(Function* function, const char* name) {
  *function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
  return *function != nullptr;
}

}  // namespace

void Install() {
  v8::Isolate* (*get_current)();
  void (*add_callback)(v8::Isolate*, void (*)(v8::Isolate*, int, int), int);
  if (!Find(&get_current, "_ZN2v87Isolate10GetCurrentEv") ||
      !Find(&add_callback,
            "_ZN2v87Isolate21AddGCEpilogueCallbackEPFvPS0_NS_6GCTypeENS_15GCCallbackFlagsEES2_") ||
      !Find(&get_space_statistics, "_ZN2v87Isolate22GetHeapSpaceStatisticsEPNS_19HeapSpaceStatisticsEm")) {
    return;
  }
  isolate = get_current();
  add_callback(isolate, NoteCollection, kCollections);
  moved = true;  // by those before
}

// V8 counts the pages of the old generation for its own figures: so that is asked for once.
Space Now() {
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

bool HaveMoved() {
  bool since = moved;
  moved = false;
  return since;
}

size_t Used() { return Now().used; }

}  // namespace young
}  // namespace just_fork

#include "runtime/pool_size.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>
#include <vector>

#include "os/os.h"

namespace just_fork {
namespace pool_size {
namespace {

constexpr char kName[] = "libuv-worker";
constexpr unsigned kNamesThreads = 0x013200;
constexpr char kVariable[] = "UV_THREADPOOL_SIZE";

std::atomic<unsigned> size{0};  // 0: to be found out
std::atomic<bool> may_be_larger{false};
std::atomic<bool> is_being_measured{false};
unsigned size_at_fork = 0;  // what the environment said; a child's pool begins after that. 0: not a child

// As libuv reads it: below 0 it is the most, and of what no int holds the lower bits count.
unsigned ToSize(const char* value) {
  auto threads = static_cast<unsigned>(value == nullptr ? 4 : std::atoi(value));
  return std::clamp(threads, 1u, 1024u);
}

unsigned SizeAtStart() {
  std::string value;
  return ToSize(VariableAtStart(kVariable, &value) ? value.c_str() : nullptr);
}

// A request that starts the pool, unless that was done before: Node's loader of ES modules reads files. Then
// the request comes to a thread that is older than it, and nobody knows whether the program (or Node, by
// --env-file) had set the variable by then.
struct First {
  uv_work_t request;
  std::vector<ThreadId> older;
  unsigned size_at_start, size_now;
};

void Note(uv_work_t* request) {
  const auto* first = static_cast<First*>(request->data);
  bool is_older = std::count(first->older.begin(), first->older.end(), CurrentThread()) > 0;
  size = is_older ? std::min(first->size_at_start, first->size_now) : first->size_now;
  may_be_larger = is_older && first->size_at_start != first->size_now;
  is_being_measured = false;
}

// A thread that the pool's start for a native module (as Rust's rayon does) inherits their name. So a count
// that the environment has not asked for is not the size.
void FindOut() {
  unsigned named = CountThreadsNamed(kName);
  unsigned sooner = size_at_fork != 0 ? size_at_fork : SizeAtStart();
  unsigned now = ToSize(std::getenv(kVariable));
  unsigned least = std::min(sooner, now);
  if (named == 0) {  // they have no names
    may_be_larger = sooner != now;
    size = least;
  } else {
    may_be_larger = named != sooner && named != now;
    size = may_be_larger ? std::min(least, named) : named;
  }
}

}  // namespace

void Measure(uv_loop_t* loop) {
  if (uv_version() >= kNamesThreads) return;
  auto* first = new First{{}, AllThreads(), SizeAtStart(), ToSize(std::getenv(kVariable))};
  first->request.data = first;
  is_being_measured = true;
  auto forget = [](uv_work_t* request, int) { delete static_cast<First*>(request->data); };
  uv_queue_work(loop, &first->request, Note, forget);  // fails only without a callback
}

bool IsKnown() { return !is_being_measured; }

unsigned Get() {
  if (size == 0) FindOut();
  return size;
}

bool MayBeLarger() { return may_be_larger; }

bool MayHaveBegun() { return uv_version() < kNamesThreads || CountThreadsNamed(kName) > 0; }

void ForgetInChild() {
  size = 0;
  size_at_fork = ToSize(std::getenv(kVariable));
  may_be_larger = false;
}

}  // namespace pool_size
}  // namespace just_fork

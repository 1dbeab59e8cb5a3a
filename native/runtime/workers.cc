#include "runtime/workers.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <set>
#include <vector>

#include "os/os.h"
#include "runtime/lock.h"
#include "runtime/symbols.h"
#include "runtime/uv_internals.h"

namespace just_fork {
namespace workers {
namespace {

struct Worker {
  v8::Isolate* isolate;
  uv_async_t call;       // on its loop, which it does not keep alive
  uint64_t stopped = 0;  // by which stop
};

Lock lock;
Condition changed;
bool stopping = false;
uint64_t stops = 0;  // begun
auto* workers = new std::vector<Worker*>;
unsigned ended = 0;
unsigned strangers_ended = 0;

// Threads of Workers that are over. The main thread is told, and joins them later.
auto* over = new std::set<pthread_t>;
// Those of the parent's, in a child. It is told of them, too, but has no such thread: glibc has long given
// its memory, which a pthread_t names, to one of the child's own.
auto* not_here = new std::set<pthread_t>;

// While EndInChild runs: whether the Worker that was joined last was over at the fork.
bool ending = false;
bool was_over = false;

auto* of_parent = new std::vector<int>;  // see DescriptorsOfParent

// Node's calls of pthread_join. What the main thread was told before the fork comes before all that it is
// told after it.
int Join(pthread_t thread, void** result) {
  {
    ScopedLock held(&lock);
    was_over = not_here->erase(thread) > 0;
    if (was_over || ending) return 0;
    over->erase(thread);
  }
  return pthread_join(thread, result);
}

std::vector<Worker*>::iterator Find(v8::Isolate* isolate) {
  return std::find_if(workers->begin(), workers->end(),
                      [isolate](const Worker* worker) { return worker->isolate == isolate; });
}

bool AllStopped() {
  return std::all_of(workers->begin(), workers->end(),
                     [](const Worker* worker) { return worker->stopped == stops; });
}

// On the Worker's thread, with the lock held. Between two stops it goes on, if only to the next such place: a
// background task may wait for it, and the fork for that.
void Stay(Worker* worker) {
  worker->stopped = stops;
  changed.Broadcast();
  while (stopping && worker->stopped == stops) changed.Wait(&lock);
  worker->stopped = 0;
}

// V8 calls it in the midst of JavaScript, or where that waits in Atomics.wait; maybe when the stop that it
// was for is over.
void Interrupt(v8::Isolate* isolate, void*) {
  ScopedLock held(&lock);
  auto found = Find(isolate);
  if (stopping && found != workers->end()) Stay(*found);
}

void BetweenCallbacks(uv_async_t* call) {
  ScopedLock held(&lock);
  if (stopping) Stay(static_cast<Worker*>(call->data));
}

bool StopWithin(const Deadline& deadline) {
  ScopedLock held(&lock);
  stopping = true;
  stops++;
  for (Worker* worker : *workers) {
    // Not one that V8 has not made yet, or has left.
    if (symbols::Platform().is_in_use(worker->isolate)) {
      symbols::Platform().request_interrupt(worker->isolate, Interrupt, nullptr);
    }
    uv_async_send(&worker->call);
  }
  while (!AllStopped() && !deadline.Passed()) changed.WaitFor(&lock, deadline.Left());
  if (AllStopped()) return true;
  stopping = false;
  changed.Broadcast();
  return false;
}

// In a child. The loop is on the Worker's stack, which a new thread gets, or the C library unmaps. What leads
// there from outside, libuv is to take no more: its list of all handles for signals (of a Worker that waits
// for a program it has started), and the wake-ups for the other ends of ports.
void CutOff(uv_loop_t* loop) {
  ForEachHandle(loop, [](uv_handle_t* handle) {
    uv_os_fd_t fd;
    switch (handle->type) {
      case UV_SIGNAL:
        if (uv_is_active(handle)) uv_signal_stop(reinterpret_cast<uv_signal_t*>(handle));
        break;
      case UV_ASYNC:
        reinterpret_cast<uv_async_t*>(handle)->pending = 1;  // as if it had been sent
        break;
      case UV_TCP:
      case UV_NAMED_PIPE:
      case UV_UDP:
        if (uv_fileno(handle, &fd) == 0 && fd > 2) of_parent->push_back(fd);
        break;
      default:
        break;
    }
  });
}

}  // namespace

bool Install() { return symbols::Platform().StopWorkers() && RedirectJoin(Join); }

void Register(node::MultiIsolatePlatform* platform, v8::Isolate* isolate, uv_loop_t* loop) {
  symbols::Platform().register_isolate(platform, isolate, loop);
  auto* worker = new Worker;
  worker->isolate = isolate;
  worker->call.data = worker;
  uv_async_init(loop, &worker->call, BetweenCallbacks);  // fails only for a loop without one, which has one
  uv_unref(reinterpret_cast<uv_handle_t*>(&worker->call));
  ScopedLock held(&lock);
  workers->push_back(worker);
  if (stopping) Stay(worker);
}

void Unregister(node::MultiIsolatePlatform* platform, v8::Isolate* isolate) {
  {
    ScopedLock held(&lock);
    over->insert(pthread_self());
    auto found = Find(isolate);
    ended++;
    if (found == workers->end()) strangers_ended++;
    if (found != workers->end()) {
      Worker* worker = *found;
      if (stopping) Stay(worker);
      workers->erase(Find(isolate));
      changed.Broadcast();
      // Node runs the loop until a handle that it closes after this one is closed.
      uv_close(reinterpret_cast<uv_handle_t*>(&worker->call),
               [](uv_handle_t* call) { delete static_cast<Worker*>(call->data); });
    }
  }
  symbols::Platform().unregister_isolate(platform, isolate);
}

Counts Count() {
  ScopedLock held(&lock);
  return {static_cast<unsigned>(workers->size()), ended, strangers_ended};
}

bool Stop(const Deadline& deadline) {
  // One Worker may wait for another, which has stopped: as Node ends one, it joins those that it has started.
  // So they go on in between, for half as long as they were held.
  for (int64_t patience = 4'000'000;; patience *= 2) {
    if (StopWithin(Deadline(std::min(patience, deadline.Left())))) return true;
    if (deadline.Passed()) return false;
    uv_sleep(static_cast<unsigned>(std::min(patience / 2, deadline.Left()) / 1'000'000));
  }
}

void ReleaseInParent() {
  ScopedLock held(&lock);
  stopping = false;
  changed.Broadcast();
}

// What they had stays as it is: nobody knows in which state.
void ForgetInChild() {
  of_parent->clear();
  if (stopping) {
    for (Worker* worker : *workers) CutOff(worker->call.loop);
  }
  lock.Renew();
  changed.Renew();
  stopping = false;
  workers = new std::vector<Worker*>;
  over->insert(not_here->begin(), not_here->end());  // this child's parent may not have been told either
  not_here = over;
  over = new std::set<pthread_t>;
}

void CutOffStrangers(uv_loop_t* loop) {
  // libuv has them in one tree, in which ours leads to the others. Nobody sends what is blocked here, and the
  // disposition is put back, unless it is libuv's already.
  static uv_signal_t ours;
  static bool made = false;
  if (!made && uv_signal_init(loop, &ours) != 0) return;
  made = true;
  struct sigaction before, during;
  sigaction(SIGURG, nullptr, &before);
  auto nothing = [](uv_signal_t*, int) {};
  if (uv_signal_start(&ours, nothing, SIGURG) != 0) return;
  sigaction(SIGURG, nullptr, &during);
  uv_signal_t* root = &ours;
  while (root->tree_entry.rbe_parent != nullptr) root = root->tree_entry.rbe_parent;
  std::vector<uv_signal_t*> all = {root};
  for (size_t i = 0; i < all.size(); i++) {
    for (uv_signal_t* child : {all[i]->tree_entry.rbe_left, all[i]->tree_entry.rbe_right}) {
      if (child != nullptr) all.push_back(child);
    }
  }
  for (uv_signal_t* handle : all) {
    if (handle->loop != loop) uv_signal_stop(handle);
  }
  uv_signal_stop(&ours);
  if (before.sa_handler != during.sa_handler) sigaction(SIGURG, &before, nullptr);
}

void EndInChild(node::Environment* environment) {
  ending = true;
  symbols::Platform().end_workers(environment);
  ending = false;
}

bool WasOver() { return was_over; }

const std::vector<int>& DescriptorsOfParent() { return *of_parent; }

}  // namespace workers
}  // namespace just_fork

// What a safe fork needs of Node, found by name in the running binary. Official builds export all of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/v8_abi.h"

struct uv_loop_s;

namespace just_fork {
namespace symbols {

// Looks every name up. Returns those that are missing, as a person would write them; empty is good.
std::vector<std::string> Load();

// An address inside the module that holds Node and V8.
const void* InNode();

// The isolate and the environment of the running JavaScript, and the platform that V8 posts its background
// tasks to. A handle scope must be open.
v8::Isolate* CurrentIsolate();
node::Environment* CurrentEnvironment();
node::MultiIsolatePlatform* PlatformOf(node::Environment* environment);

// What a watchdog of Node's has asked of V8, and V8 has not done yet: to leave all JavaScript.
void CancelTermination();

// node::SetProcessExitHandler: called with the code instead of Node's own shutdown.
void SetProcessExitHandler(node::Environment* environment,
                           std::function<void(node::Environment*, int)> handler);

// node::NodePlatform: its table of virtual functions, and the functions in it that we know by their address.
struct PlatformSymbols {
  const void* vtable;
  void* post;  // CallOnWorkerThread, or PostTaskOnWorkerThreadImpl where posts have a priority
  void* post_delayed;
  void* drain_tasks;
  void* destroy;     // the deleting destructor
  void* create_job;  // CreateJob, or CreateJobImpl where posts have a priority; without it jobs do not yield
  bool (*flush_foreground_tasks)(node::MultiIsolatePlatform*, v8::Isolate*);
  int (*number_of_worker_threads)(node::MultiIsolatePlatform*);
  // What Workers are stopped by; without one of them they are not.
  void (*register_isolate)(node::MultiIsolatePlatform*, v8::Isolate*, uv_loop_s*);
  void (*unregister_isolate)(node::MultiIsolatePlatform*, v8::Isolate*);
  void (*request_interrupt)(v8::Isolate*, void (*)(v8::Isolate*, void*), void*);
  bool (*is_in_use)(v8::Isolate*);
  void (*end_workers)(node::Environment*);  // Environment::stop_sub_worker_contexts, which joins them
  bool with_priority;                       // Node 22 and later
  bool drain_urgent_only;  // Node 24 and later: DrainTasks waits for user-blocking tasks alone

  bool StopWorkers() const {
    return register_isolate != nullptr && unregister_isolate != nullptr && request_interrupt != nullptr &&
           is_in_use != nullptr && end_workers != nullptr;
  }
};
const PlatformSymbols& Platform();

// What tells of V8's collector; a fork can do without.
struct CollectorSymbols {
  using AddCallback = void (*)(v8::Isolate*, void (*)(v8::Isolate*, int type, int flags), int types);
  AddCallback add_prologue;
  AddCallback add_epilogue;
  bool (*get_space_statistics)(v8::Isolate*, v8::HeapSpaceStatistics*, size_t);

  bool AreAll() const {
    return add_prologue != nullptr && add_epilogue != nullptr && get_space_statistics != nullptr;
  }
};
const CollectorSymbols& Collector();

// Node's handlers of signals; nullptr: it is not there.
const void* SignalExit();      // of SIGINT and SIGTERM, for a process's whole life
const void* SigintWatchdog();  // of SIGINT, below a call of vm's with breakOnSigint

}  // namespace symbols
}  // namespace just_fork

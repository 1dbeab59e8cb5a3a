#include "runtime/symbols.h"

#include <dlfcn.h>

namespace just_fork {
namespace symbols {
namespace {

#if defined(__linux__) && defined(_LIBCPP_VERSION)
#error \
    "Node on Linux is built with libstdc++: an addon built with libc++ would hand it a std::function of another shape"
#endif

// libc++ (macOS) puts its names into an inline namespace, which shows in the mangled names of its types.
#ifdef _LIBCPP_VERSION
#define JUST_FORK_UNIQUE_TASK_1 "NSt3__110unique_ptrIN2v84TaskENS1_14default_deleteIS4_EEEE"
#define JUST_FORK_UNIQUE_TASK_2 "NSt3__110unique_ptrINS1_4TaskENS3_14default_deleteIS5_EEEE"
#define JUST_FORK_UNIQUE_JOB "NSt3__110unique_ptrINS1_7JobTaskENS3_14default_deleteIS5_EEEE"
#define JUST_FORK_EXIT_HANDLER "ONSt3__18functionIFvS1_iEEE"
#else
#define JUST_FORK_UNIQUE_TASK_1 "St10unique_ptrIN2v84TaskESt14default_deleteIS3_EE"
#define JUST_FORK_UNIQUE_TASK_2 "St10unique_ptrINS1_4TaskESt14default_deleteIS4_EE"
#define JUST_FORK_UNIQUE_JOB "St10unique_ptrINS1_7JobTaskESt14default_deleteIS4_EE"
#define JUST_FORK_EXIT_HANDLER "OSt8functionIFvS1_iEE"
#endif
#ifdef __APPLE__
#define JUST_FORK_SIGINFO "9__siginfo"
#else
#define JUST_FORK_SIGINFO "9siginfo_t"
#endif
#define JUST_FORK_LOCATION "RKNS1_14SourceLocationE"

void* (*isolate_get_current)();
void* (*isolate_get_current_context)(void* isolate);
void (*cancel_terminate_execution)(void* isolate);
node::Environment* (*get_current_environment)(void* context);
node::MultiIsolatePlatform* (*get_multi_isolate_platform)(node::Environment*);
void (*set_process_exit_handler)(node::Environment*, std::function<void(node::Environment*, int)>&&);
const void* in_node;
PlatformSymbols platform;
CollectorSymbols collector;
const void* signal_exit;
const void* sigint_watchdog;

void* Find(const char* name) { return dlsym(RTLD_DEFAULT, name); }

}  // namespace

std::vector<std::string> Load() {
  std::vector<std::string> missing;
  auto need = [&missing](auto* target, const char* name, const char* readable) {
    *target = reinterpret_cast<std::remove_reference_t<decltype(*target)>>(Find(name));
    if (*target == nullptr) missing.emplace_back(readable);
  };

  need(&isolate_get_current, "_ZN2v87Isolate10GetCurrentEv", "v8::Isolate::GetCurrent");
  need(&isolate_get_current_context, "_ZN2v87Isolate17GetCurrentContextEv", "v8::Isolate::GetCurrentContext");
  need(&cancel_terminate_execution, "_ZN2v87Isolate24CancelTerminateExecutionEv",
       "v8::Isolate::CancelTerminateExecution");
  need(&get_current_environment, "_ZN4node21GetCurrentEnvironmentEN2v85LocalINS0_7ContextEEE",
       "node::GetCurrentEnvironment");
  need(&get_multi_isolate_platform, "_ZN4node23GetMultiIsolatePlatformEPNS_11EnvironmentE",
       "node::GetMultiIsolatePlatform");
  need(&set_process_exit_handler, "_ZN4node21SetProcessExitHandlerEPNS_11EnvironmentE" JUST_FORK_EXIT_HANDLER,
       "node::SetProcessExitHandler");
  in_node = reinterpret_cast<const void*>(get_multi_isolate_platform);

  need(&platform.vtable, "_ZTVN4node12NodePlatformE", "vtable for node::NodePlatform");
  need(&platform.drain_tasks, "_ZN4node12NodePlatform10DrainTasksEPN2v87IsolateE",
       "node::NodePlatform::DrainTasks");
  need(&platform.flush_foreground_tasks, "_ZN4node12NodePlatform20FlushForegroundTasksEPN2v87IsolateE",
       "node::NodePlatform::FlushForegroundTasks");
  need(&platform.number_of_worker_threads, "_ZN4node12NodePlatform21NumberOfWorkerThreadsEv",
       "node::NodePlatform::NumberOfWorkerThreads");
  need(&platform.destroy, "_ZN4node12NodePlatformD0Ev", "node::NodePlatform::~NodePlatform");

  auto want = [](auto* target, const char* name) {
    *target = reinterpret_cast<std::remove_reference_t<decltype(*target)>>(Find(name));
  };
  want(&platform.register_isolate, "_ZN4node12NodePlatform15RegisterIsolateEPN2v87IsolateEP9uv_loop_s");
  want(&platform.unregister_isolate, "_ZN4node12NodePlatform17UnregisterIsolateEPN2v87IsolateE");
  want(&platform.request_interrupt, "_ZN2v87Isolate16RequestInterruptEPFvPS0_PvES2_");
  want(&platform.is_in_use, "_ZN2v87Isolate7IsInUseEv");
  want(&platform.end_workers, "_ZN4node11Environment24stop_sub_worker_contextsEv");
  want(&collector.add_prologue,
       "_ZN2v87Isolate21AddGCPrologueCallbackEPFvPS0_NS_6GCTypeENS_15GCCallbackFlagsEES2_");
  want(&collector.add_epilogue,
       "_ZN2v87Isolate21AddGCEpilogueCallbackEPFvPS0_NS_6GCTypeENS_15GCCallbackFlagsEES2_");
  want(&collector.get_space_statistics, "_ZN2v87Isolate22GetHeapSpaceStatisticsEPNS_19HeapSpaceStatisticsEm");

  want(&signal_exit, "_ZN4node10SignalExitEiP" JUST_FORK_SIGINFO "Pv");
  want(&sigint_watchdog, "_ZN4node20SigintWatchdogHelper12HandleSignalEiP" JUST_FORK_SIGINFO "Pv");

  platform.post =
      Find("_ZN4node12NodePlatform26PostTaskOnWorkerThreadImplEN2v812TaskPriorityE" JUST_FORK_UNIQUE_TASK_2
               JUST_FORK_LOCATION);
  platform.with_priority = platform.post != nullptr;
  if (platform.with_priority) {
    need(&platform.post_delayed,
         "_ZN4node12NodePlatform33PostDelayedTaskOnWorkerThreadImplEN2v812TaskPriority"
         "E" JUST_FORK_UNIQUE_TASK_2 "d" JUST_FORK_LOCATION,
         "node::NodePlatform::PostDelayedTaskOnWorkerThreadImpl");
  } else {
    need(&platform.post, "_ZN4node12NodePlatform18CallOnWorkerThreadE" JUST_FORK_UNIQUE_TASK_1,
         "node::NodePlatform::PostTaskOnWorkerThreadImpl or CallOnWorkerThread");
    need(&platform.post_delayed,
         "_ZN4node12NodePlatform25CallDelayedOnWorkerThreadE" JUST_FORK_UNIQUE_TASK_1 "d",
         "node::NodePlatform::CallDelayedOnWorkerThread");
  }
  want(&platform.create_job,
       platform.with_priority
           ? "_ZN4node12NodePlatform13CreateJobImplEN2v812TaskPriorityE" JUST_FORK_UNIQUE_JOB
                 JUST_FORK_LOCATION
           : "_ZN4node12NodePlatform9CreateJobEN2v812TaskPriorityE" JUST_FORK_UNIQUE_JOB);
  // Node's queue of worker tasks learned about priorities in the change that made DrainTasks wait for the
  // urgent ones alone (nodejs/node#58047), and its PostTask took a priority from then on.
  platform.drain_urgent_only =
      Find("_ZN4node23WorkerThreadsTaskRunner8PostTaskEN2v812TaskPriorityE" JUST_FORK_UNIQUE_TASK_2
               JUST_FORK_LOCATION) != nullptr;
  return missing;
}

const void* InNode() { return in_node; }

v8::Isolate* CurrentIsolate() { return static_cast<v8::Isolate*>(isolate_get_current()); }

node::Environment* CurrentEnvironment() {
  // A Local<Context> is one pointer, trivially copied: it is passed and returned like one.
  void* context = isolate_get_current_context(isolate_get_current());
  return context == nullptr ? nullptr : get_current_environment(context);
}

void CancelTermination() { cancel_terminate_execution(isolate_get_current()); }

node::MultiIsolatePlatform* PlatformOf(node::Environment* environment) {
  return environment == nullptr ? nullptr : get_multi_isolate_platform(environment);
}

void SetProcessExitHandler(node::Environment* environment,
                           std::function<void(node::Environment*, int)> handler) {
  set_process_exit_handler(environment, std::move(handler));
}

const PlatformSymbols& Platform() { return platform; }

const CollectorSymbols& Collector() { return collector; }

const void* SignalExit() { return signal_exit; }

const void* SigintWatchdog() { return sigint_watchdog; }

}  // namespace symbols
}  // namespace just_fork

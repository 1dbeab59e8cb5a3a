#include <mach/mach.h>
#include <mach/mach_time.h>
#include <pthread.h>

#include <cstring>
#include <functional>

#include "os/os.h"

namespace just_fork {

ThreadId CurrentThread() { return pthread_mach_thread_np(pthread_self()); }

bool OnMainThread() { return pthread_main_np() != 0; }

namespace {

bool Look(ThreadId thread, thread_basic_info_data_t* info) {
  mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
  return thread_info(static_cast<thread_act_t>(thread), THREAD_BASIC_INFO,
                     reinterpret_cast<thread_info_t>(info), &count) == KERN_SUCCESS;
}

}  // namespace

uint64_t CpuTimeOf(ThreadId thread) {
  thread_basic_info_data_t info;
  if (!Look(thread, &info)) return UINT64_MAX;
  // What a thread has used since it began to run is not counted until it stops: so that it is seen to move,
  // another value at each look.
  if (info.run_state == TH_STATE_RUNNING) return mach_absolute_time();
  auto nanoseconds = [](time_value_t time) {
    return static_cast<uint64_t>(time.seconds) * 1000000000u +
           static_cast<uint64_t>(time.microseconds) * 1000u;
  };
  return nanoseconds(info.user_time) + nanoseconds(info.system_time);
}

bool MayBeAwake(ThreadId thread) {
  thread_basic_info_data_t info;
  return Look(thread, &info) && info.run_state != TH_STATE_WAITING;
}

namespace {

// Nothing, if the threads cannot be listed.
void ForEachThread(const std::function<void(thread_act_t)>& each) {
  thread_act_array_t threads;
  mach_msg_type_number_t total;
  if (task_threads(mach_task_self(), &threads, &total) != KERN_SUCCESS) return;
  for (mach_msg_type_number_t i = 0; i < total; i++) {
    each(threads[i]);
    mach_port_deallocate(mach_task_self(), threads[i]);
  }
  vm_deallocate(mach_task_self(), reinterpret_cast<vm_address_t>(threads), total * sizeof(thread_act_t));
}

}  // namespace

std::vector<ThreadId> AllThreads() {
  std::vector<ThreadId> threads;
  ForEachThread([&](thread_act_t thread) { threads.push_back(thread); });
  return threads;
}

int AllOthersSleep() {
  unsigned seen = 0;
  unsigned awake = 0;
  ForEachThread([&](thread_act_t thread) {
    seen++;
    if (thread != CurrentThread() && MayBeAwake(thread)) awake++;
  });
  return seen > 0 && awake == 0 ? 1 : 0;
}

unsigned CountThreadsNamed(const char* name) {
  unsigned count = 0;
  ForEachThread([&](thread_act_t act) {
    char found[64] = {};
    pthread_t thread = pthread_from_mach_thread_np(act);
    if (thread != nullptr && pthread_getname_np(thread, found, sizeof found) == 0 &&
        std::strcmp(found, name) == 0) {
      count++;
    }
  });
  return count;
}

bool RedirectJoin(int (*)(pthread_t, void**)) { return false; }

bool ProfilerRuns() { return CountThreadsNamed("v8:ProfEvntProc") > 0; }

// Mach-O symbols have no size. 64 entries are more than the class has, and what follows them in the same
// segment is copied without being used.
size_t SizeOfVtable(const void*) { return 64 * sizeof(void*); }

}  // namespace just_fork

#include <sys/resource.h>
#include <sys/times.h>
#include <unistd.h>

#include <cmath>

#include "binding/binding.h"
#include "binding/usage.h"
#include "core/posix.h"

namespace just_fork {
namespace binding {
namespace {

Napi::Value GetPriority(const Napi::CallbackInfo& info) {
  int value = 0;
  int error = Priority(Int(info, 0), Int(info, 1), &value);
  return Pair(info.Env(), error, value);
}

// A limit of none is Infinity.
double FromLimit(rlim_t limit) { return limit == RLIM_INFINITY ? INFINITY : static_cast<double>(limit); }
rlim_t ToLimit(double limit) { return std::isinf(limit) ? RLIM_INFINITY : static_cast<rlim_t>(limit); }

// [soft, hard], or -errno.
Napi::Value GetLimit(const Napi::CallbackInfo& info) {
  rlimit limit;
  int error = Limit(Int(info, 0), &limit);
  if (error < 0) return Napi::Number::New(info.Env(), error);
  Napi::Array pair = Napi::Array::New(info.Env(), 2);
  pair.Set(0u, FromLimit(limit.rlim_cur));
  pair.Set(1u, FromLimit(limit.rlim_max));
  return pair;
}

Napi::Value SetLimits(const Napi::CallbackInfo& info) {
  rlimit limit = {ToLimit(info[1].As<Napi::Number>()), ToLimit(info[2].As<Napi::Number>())};
  return Napi::Number::New(info.Env(), SetLimit(Int(info, 0), limit));
}

// The fields of a struct rusage, or -errno.
Napi::Value GetUsage(const Napi::CallbackInfo& info) {
  rusage usage;
  int error = Usage(Int(info, 0), &usage);
  if (error < 0) return Napi::Number::New(info.Env(), error);
  return UsageToArray(info.Env(), usage);
}

// Seconds: user, system, children's user, children's system, and of a clock that only goes forward.
Napi::Value Times(const Napi::CallbackInfo& info) {
  tms used;
  double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  clock_t elapsed = times(&used);
  Napi::Array array = Napi::Array::New(info.Env(), 5);
  uint32_t i = 0;
  for (clock_t time : {used.tms_utime, used.tms_stime, used.tms_cutime, used.tms_cstime, elapsed}) {
    array.Set(i++, static_cast<double>(time) / ticks);
  }
  return array;
}

}  // namespace

Napi::Array UsageToArray(Napi::Env env, const rusage& usage) {
  auto microseconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  const double values[] = {
      microseconds(usage.ru_utime),
      microseconds(usage.ru_stime),
#ifdef __APPLE__
      static_cast<double>(usage.ru_maxrss) / 1024,  // there in bytes
#else
      static_cast<double>(usage.ru_maxrss),
#endif
      static_cast<double>(usage.ru_ixrss),
      static_cast<double>(usage.ru_idrss),
      static_cast<double>(usage.ru_isrss),
      static_cast<double>(usage.ru_minflt),
      static_cast<double>(usage.ru_majflt),
      static_cast<double>(usage.ru_nswap),
      static_cast<double>(usage.ru_inblock),
      static_cast<double>(usage.ru_oublock),
      static_cast<double>(usage.ru_msgsnd),
      static_cast<double>(usage.ru_msgrcv),
      static_cast<double>(usage.ru_nsignals),
      static_cast<double>(usage.ru_nvcsw),
      static_cast<double>(usage.ru_nivcsw),
  };
  Napi::Array array = Napi::Array::New(env, sizeof values / sizeof *values);
  uint32_t i = 0;
  for (double value : values) array.Set(i++, value);
  return array;
}

void ExportLimits(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "getpriority", GetPriority);
  Export(env, exports, "setpriority", Call<SetPriority>);
  Export(env, exports, "getrlimit", GetLimit);
  Export(env, exports, "setrlimit", SetLimits);
  Export(env, exports, "getrusage", GetUsage);
  Export(env, exports, "times", Times);
}

}  // namespace binding
}  // namespace just_fork

#include <cmath>

#include "binding/binding.h"
#include "binding/signal_set.h"
#include "core/posix.h"
#include "os/os.h"

namespace just_fork {
namespace binding {

sigset_t SetFromArray(Napi::Value value) {
  sigset_t set;
  sigemptyset(&set);
  Napi::Array array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++) {
    sigaddset(&set, array.Get(i).As<Napi::Number>().Int32Value());
  }
  return set;
}

Napi::Array ArrayFromSet(Napi::Env env, const sigset_t& set) {
  Napi::Array array = Napi::Array::New(env);
  uint32_t count = 0;
  for (int signal = 1; signal < NSIG; signal++) {
    if (sigismember(&set, signal) == 1) array.Set(count++, signal);
  }
  return array;
}

namespace {

using Mask = int (*)(int how, const sigset_t& set, sigset_t* old);

// The old mask, or -errno.
Napi::Value ChangeMask(const Napi::CallbackInfo& info, Mask mask) {
  sigset_t old;
  int error = mask(Int(info, 0), SetFromArray(info[1]), &old);
  if (error < 0) return Napi::Number::New(info.Env(), error);
  return ArrayFromSet(info.Env(), old);
}

Napi::Value MaskAll(const Napi::CallbackInfo& info) { return ChangeMask(info, MaskProcess); }

Napi::Value MaskOne(const Napi::CallbackInfo& info) { return ChangeMask(info, MaskThread); }

Napi::Value Sigpending(const Napi::CallbackInfo& info) {
  sigset_t set;
  sigemptyset(&set);
  Pending(&set);
  return ArrayFromSet(info.Env(), set);
}

void Sigsuspend(const Napi::CallbackInfo& info) {
  if (info[0].IsNull()) return Suspend(nullptr);
  sigset_t mask = SetFromArray(info[0]);
  Suspend(&mask);
}

// [pid, signo, code, status, uid], or -errno.
Napi::Value SignalWait(const Napi::CallbackInfo& info) {
  siginfo_t found = {};
  int error = WaitForSignal(SetFromArray(info[0]), info[1].As<Napi::Number>().DoubleValue(), &found);
  if (error < 0) return Napi::Number::New(info.Env(), error);
  // Of other signals than SIGCHLD the place of the status holds something else.
  int status = found.si_signo == SIGCHLD ? found.si_status : 0;
  Napi::Array array = Napi::Array::New(info.Env(), 5);
  uint32_t i = 0;
  for (int64_t value : {static_cast<int64_t>(found.si_pid), static_cast<int64_t>(found.si_signo),
                        static_cast<int64_t>(found.si_code), static_cast<int64_t>(status),
                        static_cast<int64_t>(found.si_uid)}) {
    array.Set(i++, static_cast<double>(value));
  }
  return array;
}

Napi::Value DispositionOf(const Napi::CallbackInfo& info) {
  Disposition disposition = Disposition::kDefault;
  int error = GetDisposition(Int(info, 0), &disposition);
  return Napi::Number::New(info.Env(), error < 0 ? error : static_cast<int>(disposition));
}

Napi::Value SetAlarm(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), Alarm(info[0].As<Napi::Number>().Uint32Value()));
}

timeval ToTime(double seconds) {
  double whole = std::floor(seconds);
  timeval time;
  time.tv_sec = static_cast<time_t>(whole);
  time.tv_usec = static_cast<suseconds_t>((seconds - whole) * 1e6);
  // What is not nothing must not become nothing: to the kernel, that switches the timer off.
  if (seconds > 0 && time.tv_sec == 0 && time.tv_usec == 0) time.tv_usec = 1;
  return time;
}

double FromTime(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// [delay, interval] in seconds, or -errno.
Napi::Value TimerToArray(Napi::Env env, int error, const itimerval& timer) {
  if (error < 0) return Napi::Number::New(env, error);
  Napi::Array array = Napi::Array::New(env, 2);
  array.Set(0u, FromTime(timer.it_value));
  array.Set(1u, FromTime(timer.it_interval));
  return array;
}

Napi::Value Getitimer(const Napi::CallbackInfo& info) {
  itimerval timer = {};
  int error = GetTimer(Int(info, 0), &timer);
  return TimerToArray(info.Env(), error, timer);
}

Napi::Value Setitimer(const Napi::CallbackInfo& info) {
  itimerval old = {};
  itimerval timer;
  timer.it_value = ToTime(info[1].As<Napi::Number>().DoubleValue());
  timer.it_interval = ToTime(info[2].As<Napi::Number>().DoubleValue());
  int error = SetTimer(Int(info, 0), timer, &old);
  return TimerToArray(info.Env(), error, old);
}

}  // namespace

void ExportSignals(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "maskProcess", MaskAll);
  Export(env, exports, "maskThread", MaskOne);
  Export(env, exports, "sigpending", Sigpending);
  Export(env, exports, "suspend", Sigsuspend);
  Export(env, exports, "waitForSignal", SignalWait);
  Export(env, exports, "raise", Call<Raise>);
  Export(env, exports, "getDisposition", DispositionOf);
  Export(env, exports, "setDisposition", Call<SetDisposition>);
  Export(env, exports, "alarm", SetAlarm);
  Export(env, exports, "getitimer", Getitimer);
  Export(env, exports, "setitimer", Setitimer);
}

}  // namespace binding
}  // namespace just_fork

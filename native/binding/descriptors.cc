#include "binding/binding.h"
#include "core/posix.h"
#include "os/os.h"
#include "runtime/streams.h"

namespace just_fork {
namespace binding {
namespace {

// [one end, the other], or -errno.
Napi::Value Ends(Napi::Env env, int error, const int ends[2]) {
  if (error < 0) return Napi::Number::New(env, error);
  return Pair(env, ends[0], ends[1]);
}

Napi::Value Pipe(const Napi::CallbackInfo& info) {
  int ends[2];
  int error = just_fork::Pipe(ends);
  return Ends(info.Env(), error, ends);
}

Napi::Value OwnPipe(const Napi::CallbackInfo& info) {
  int ends[2];
  int error = PipeAboveStandard(ends);
  return Ends(info.Env(), error, ends);
}

Napi::Value Pipe2(const Napi::CallbackInfo& info) {
  int ends[2];
  int error = PipeWith(ends, Int(info, 0));
  return Ends(info.Env(), error, ends);
}

Napi::Value Socketpair(const Napi::CallbackInfo& info) {
  int ends[2];
  int error = SocketPairCloseOnExec(ends);
  return Ends(info.Env(), error, ends);
}

// Into or from a Uint8Array, from its beginning: the count, 0 at the end of the file, or -errno.
template <auto Transfer>
Napi::Value Bytes(const Napi::CallbackInfo& info) {
  auto buffer = info[1].As<Napi::Uint8Array>();
  ssize_t count = Transfer(Int(info, 0), buffer.Data(), buffer.ByteLength());
  return Napi::Number::New(info.Env(), static_cast<double>(count));
}

// The payload: a Uint8Array, a number, or undefined.
Napi::Value WriteFrame(const Napi::CallbackInfo& info) {
  int fd = Int(info, 0), kind = Int(info, 1), index = Int(info, 2), error;
  if (info[3].IsNumber()) {
    error = WriteNumberFrame(fd, kind, index, info[3].As<Napi::Number>().DoubleValue());
  } else if (info[3].IsUndefined()) {
    error = just_fork::WriteFrame(fd, kind, index, nullptr, 0);
  } else {
    auto bytes = info[3].As<Napi::Uint8Array>();
    error = just_fork::WriteFrame(fd, kind, index, bytes.Data(), bytes.ByteLength());
  }
  return Napi::Number::New(info.Env(), error);
}

Napi::Value HasStream(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), streams::Has(LoopOf(info.Env()), Int(info, 0)));
}

void StopPolling(const Napi::CallbackInfo& info) { streams::StopPolling(LoopOf(info.Env()), Int(info, 0)); }

Napi::Value PollAnew(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), streams::PollAnew(LoopOf(info.Env()), Int(info, 0)));
}

}  // namespace

void ExportDescriptors(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "pipe", Pipe);
  Export(env, exports, "ownPipe", OwnPipe);
  Export(env, exports, "close", Call<Close>);
  Export(env, exports, "read", Bytes<Read>);
  Export(env, exports, "write", Bytes<Write>);
  Export(env, exports, "writeFrame", WriteFrame);
  Export(env, exports, "openWithoutWaiting", Call<OpenWithoutWaiting>);
  Export(env, exports, "readNow", Bytes<ReadNow>);
  Export(env, exports, "writeNow", Bytes<WriteNow>);
  Export(env, exports, "canBePolled", Call<CanBePolled>);
  Export(env, exports, "hasStream", HasStream);
  Export(env, exports, "stopPolling", StopPolling);
  Export(env, exports, "pollAnew", PollAnew);
  Export(env, exports, "pipe2", Pipe2);
  Export(env, exports, "socketpair", Socketpair);
  Export(env, exports, "dup", Call<Dup>);
  Export(env, exports, "dup2", Call<Dup2>);
  Export(env, exports, "isatty", Call<IsTerminal>);
  Export(env, exports, "getInheritable", Call<Inheritable>);
  Export(env, exports, "setInheritable", Call<SetInheritable>);
  Export(env, exports, "getBlocking", Call<Blocking>);
  Export(env, exports, "setBlocking", Call<SetBlocking>);
}

}  // namespace binding
}  // namespace just_fork

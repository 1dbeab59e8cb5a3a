// What wakes the parent of pools: a child of one has ended, or has written into its pipe. Much of what a fork
// costs is the pages that parent and child write to after it, each of which the kernel copies first. So the
// handles of these children, unlike a Watch, lie side by side, are used again, and hold nothing of
// JavaScript's; the child of a fork has few pages to write to when it lets go of them.
//
// Pools are the main thread's alone, as forks are.
#include "binding/pool_children.h"

#include <unistd.h>
#include <uv.h>

#include <memory>
#include <vector>

#include "binding/binding.h"
#include "os/os.h"

namespace just_fork {
namespace binding {
namespace {

// Who is told: each copy of the package that JavaScript has loaded is one. Without an async context: one that
// stayed would be an open handle to who looks for these, and a call of a pool has its own.
struct Listener {
  Listener(Napi::Env env, Napi::Function told, Napi::Function turn)
      : env(env), told(Napi::Persistent(told)), turn(Napi::Persistent(turn)), check(new uv_check_t) {}

  Napi::Env env;
  Napi::FunctionReference told;
  Napi::FunctionReference turn;
  uv_check_t* check;
};

struct Child {
  uv_poll_t end;  // of a descriptor that is readable once it has ended
  uv_poll_t pipe;
  bool has_end, has_pipe;  // libuv has them, and they are not being closed
  int handles;             // that libuv has, those being closed included
  bool taken;
  int end_fd, read_fd;
  uint32_t number;
  Listener* listener;
  Child* next;  // of those that are free
};

// Not destroyed at the end of the process, when nobody knows what is left of the loop and of JavaScript.
constexpr uint32_t kMore = 16;
auto& table = *new std::vector<std::unique_ptr<Child[]>>;
Child* unused = nullptr;
auto& listeners = *new std::vector<std::unique_ptr<Listener>>;

void PutBack(Child* child) {
  child->next = unused;
  unused = child;
}

Child* Take() {
  if (unused == nullptr) {
    auto first = static_cast<uint32_t>(table.size()) * kMore;
    table.push_back(std::make_unique<Child[]>(kMore));
    for (uint32_t i = kMore; i-- > 0;) {
      table.back()[i].number = first + i;
      PutBack(&table.back()[i]);
    }
  }
  Child* child = unused;
  unused = child->next;
  child->taken = true;
  return child;
}

// nullptr: it was let go of.
Child* Find(uint32_t number) {
  if (number / kMore >= table.size()) return nullptr;
  Child* child = &table[number / kMore][number % kMore];
  return child->taken ? child : nullptr;
}

void Tell(const Child& child, bool has_ended) {
  const Listener& listener = *child.listener;
  Napi::HandleScope scope(listener.env);
  napi_value arguments[] = {Napi::Number::New(listener.env, child.number),
                            Napi::Boolean::New(listener.env, has_ended)};
  napi_value result = nullptr;
  bool wants_turn = true;  // if it has thrown
  if (napi_make_callback(listener.env, nullptr, listener.env.Global(), listener.told.Value(), 2, arguments,
                         &result) == napi_ok) {
    napi_get_value_bool(listener.env, result, &wants_turn);
  }
  ReportPending(listener.env);
  if (!wants_turn) return;
  // Later in this turn of the loop, with nothing of it below on the stack, where setImmediate has its calls.
  uv_check_start(listener.check, [](uv_check_t* check) {
    uv_check_stop(check);
    const Listener& waiting = *static_cast<Listener*>(check->data);
    Napi::HandleScope in_turn(waiting.env);
    waiting.turn.MakeCallback(waiting.env.Global(), 0, nullptr);
    ReportPending(waiting.env);
  });
}

void Close(uv_poll_t* poll, bool* has) {
  if (!*has) return;
  *has = false;
  uv_close(reinterpret_cast<uv_handle_t*>(poll), [](uv_handle_t* closed) {
    auto* owner = static_cast<Child*>(closed->data);
    if (--owner->handles == 0 && !owner->taken) PutBack(owner);
  });
}

// libuv keeps its handles until the loop's next turn; till then it is not used again.
void LetGo(Child* child) {
  Close(&child->end, &child->has_end);
  Close(&child->pipe, &child->has_pipe);
  for (int fd : {child->end_fd, child->read_fd}) {
    if (fd >= 0) close(fd);
  }
  child->taken = false;
  if (child->handles == 0) PutBack(child);
}

// In a forked child the descriptors of their ends may not be there, and the numbers another's.
void LetGoOfAll(bool has_ends) {
  for (auto& part : table) {
    for (uint32_t i = 0; i < kMore; i++) {
      if (!part[i].taken) continue;
      if (!has_ends) part[i].end_fd = -1;
      LetGo(&part[i]);
    }
  }
}

int Watch(Child* child, uv_poll_t* poll, int fd, bool* has, uv_poll_cb call) {
  int error = uv_poll_init(LoopOf(child->listener->env), poll, fd);
  if (error != 0) return error;
  poll->data = child;
  *has = true;
  child->handles++;
  return uv_poll_start(poll, UV_READABLE, call);
}

// A copy of the package: `told` is called with a child's number and whether it has ended, else it can be read
// from; it answers whether `turn` is to be called later in this turn of the loop.
Napi::Value ListenToChildren(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  listeners.push_back(
      std::make_unique<Listener>(env, info[0].As<Napi::Function>(), info[1].As<Napi::Function>()));
  Listener& listener = *listeners.back();
  uv_check_init(LoopOf(env), listener.check);
  listener.check->data = &listener;
  uv_unref(reinterpret_cast<uv_handle_t*>(listener.check));
  if (listeners.size() == 1) {
    env.AddCleanupHook([] {
      for (auto& each : listeners) {
        uv_close(reinterpret_cast<uv_handle_t*>(each->check),
                 [](uv_handle_t* closed) { delete reinterpret_cast<uv_check_t*>(closed); });
      }
      LetGoOfAll(true);
      listeners.clear();
    });
  }
  return Napi::Number::New(env, static_cast<double>(listeners.size() - 1));
}

// Its number, or -errno. Without a pid only its pipe is watched. The descriptor is closed with it, unless
// this fails.
Napi::Value WatchPoolChild(const Napi::CallbackInfo& info) {
  int pid = Int(info, 1);
  int end_fd = pid > 0 ? OpenExitDescriptor(pid) : -1;
  if (pid > 0 && end_fd < 0) return Napi::Number::New(info.Env(), end_fd);
  Child* child = Take();
  child->listener = listeners[static_cast<size_t>(Int(info, 0))].get();
  child->end_fd = end_fd;
  child->read_fd = Int(info, 2);
  int error = 0;
  if (end_fd >= 0) {
    error = Watch(child, &child->end, end_fd, &child->has_end,
                  [](uv_poll_t* poll, int, int) { Tell(*static_cast<Child*>(poll->data), true); });
  }
  if (error == 0) {
    error = Watch(child, &child->pipe, child->read_fd, &child->has_pipe,
                  [](uv_poll_t* poll, int, int) { Tell(*static_cast<Child*>(poll->data), false); });
  }
  if (error != 0) {
    child->read_fd = -1;
    LetGo(child);
  }
  return Napi::Number::New(info.Env(), error != 0 ? error : static_cast<double>(child->number));
}

// Whether it is told that it can be read from.
void ReadPoolChild(const Napi::CallbackInfo& info) {
  Child* child = Find(static_cast<uint32_t>(Int(info, 0)));
  if (child == nullptr || !child->has_pipe) return;
  if (!info[1].As<Napi::Boolean>().Value()) {
    uv_poll_stop(&child->pipe);
    return;
  }
  uv_poll_start(&child->pipe, UV_READABLE,
                [](uv_poll_t* poll, int, int) { Tell(*static_cast<Child*>(poll->data), false); });
}

void LeavePoolChild(const Napi::CallbackInfo& info) {
  Child* child = Find(static_cast<uint32_t>(Int(info, 0)));
  if (child != nullptr) LetGo(child);
}

}  // namespace

void ForgetPoolChildren() { LetGoOfAll(ChildrenHaveThem()); }

void ExportPoolChildren(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "listenToChildren", ListenToChildren);
  Export(env, exports, "watchPoolChild", WatchPoolChild);
  Export(env, exports, "readPoolChild", ReadPoolChild);
  Export(env, exports, "leavePoolChild", LeavePoolChild);
}

}  // namespace binding
}  // namespace just_fork

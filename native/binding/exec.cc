#include <string>
#include <vector>

#include "binding/binding.h"
#include "core/posix.h"

namespace just_fork {
namespace binding {
namespace {

std::vector<std::string> Strings(const Napi::Value& value) {
  Napi::Array array = value.As<Napi::Array>();
  std::vector<std::string> strings;
  for (uint32_t i = 0; i < array.Length(); i++)
    strings.push_back(array.Get(i).As<Napi::String>().Utf8Value());
  return strings;
}

std::vector<char*> Pointers(std::vector<std::string>* strings) {
  std::vector<char*> pointers;
  for (std::string& string : *strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Returns only -errno. The program is a path or a descriptor.
Napi::Value Execve(const Napi::CallbackInfo& info) {
  std::string path;
  Program program = {nullptr, -1};
  if (info[0].IsString()) {
    path = info[0].As<Napi::String>().Utf8Value();
    program.path = path.c_str();
  } else {
    program.fd = Int(info, 0);
  }
  std::vector<std::string> argv = Strings(info[1]);
  std::vector<std::string> environment = Strings(info[2]);
  Napi::Array signals = info[3].As<Napi::Array>();
  std::vector<int> not_ignored;
  for (uint32_t i = 0; i < signals.Length(); i++)
    not_ignored.push_back(signals.Get(i).As<Napi::Number>().Int32Value());
  int error = Exec(program, Pointers(&argv).data(), Pointers(&environment).data(), not_ignored);
  return Napi::Number::New(info.Env(), error);
}

}  // namespace

void ExportExec(Napi::Env env, Napi::Object exports) { Export(env, exports, "execve", Execve); }

}  // namespace binding
}  // namespace just_fork

#include <uv.h>

#include "binding/binding.h"

namespace just_fork {
namespace binding {
namespace {

// Random bytes of the kernel's. libuv asks it directly: no state in this process, so none to be copied.
int Fill(void* bytes, size_t length) { return uv_random(nullptr, nullptr, bytes, length, 0, nullptr); }

// xoshiro256+ (Blackman and Vigna), which is made for numbers of 53 bits: V8's own generator is of its
// family.
class Generator {
 public:
  int Seed() { return Fill(state_, sizeof state_); }

  double Next() {
    uint64_t sum = state_[0] + state_[3];
    uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = (state_[3] << 45) | (state_[3] >> 19);
    return static_cast<double>(sum >> 11) * 0x1.0p-53;
  }

 private:
  uint64_t state_[4];
};

thread_local Generator generator;

Napi::Value FillRandom(const Napi::CallbackInfo& info) {
  auto bytes = info[0].As<Napi::Uint8Array>();
  return Napi::Number::New(info.Env(), Fill(bytes.Data(), bytes.ByteLength()));
}

// Numbers from 0 to below 1; from a new seed if the second argument is true.
Napi::Value DrawRandom(const Napi::CallbackInfo& info) {
  int error = info[1].As<Napi::Boolean>() ? generator.Seed() : 0;
  auto numbers = info[0].As<Napi::Float64Array>();
  for (size_t i = 0; error == 0 && i < numbers.ElementLength(); i++) numbers[i] = generator.Next();
  return Napi::Number::New(info.Env(), error);
}

}  // namespace

void ExportRandom(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "fillRandom", FillRandom);
  Export(env, exports, "drawRandom", DrawRandom);
}

}  // namespace binding
}  // namespace just_fork

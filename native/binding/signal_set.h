// Signal sets are arrays of numbers in JavaScript.
#pragma once

#include <napi.h>
#include <signal.h>

namespace just_fork {
namespace binding {

sigset_t SetFromArray(Napi::Value array);
Napi::Array ArrayFromSet(Napi::Env env, const sigset_t& set);

}  // namespace binding
}  // namespace just_fork

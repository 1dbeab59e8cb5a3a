#pragma once

#include <napi.h>
#include <sys/resource.h>

namespace just_fork {
namespace binding {

// In the order of Node's process.resourceUsage(), times in microseconds, maxRSS in kibibytes.
Napi::Array UsageToArray(Napi::Env env, const rusage& usage);

}  // namespace binding
}  // namespace just_fork

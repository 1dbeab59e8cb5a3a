// What wakes the parent of pools: native/binding/pool_children.cc.
#pragma once

namespace just_fork {
namespace binding {

// In a forked child: they are its parent's.
void ForgetPoolChildren();

}  // namespace binding
}  // namespace just_fork

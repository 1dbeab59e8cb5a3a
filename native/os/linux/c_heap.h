#pragma once

namespace just_fork {
namespace c_heap {

void GiveBack();

}  // namespace c_heap
}  // namespace just_fork

// Redirects a libc function for the module that holds V8, and for no other.
#pragma once

namespace just_fork {

// In the module that contains `inside`, every reference through the global offset table to the imported
// function `name` goes to `replacement` from now on. False, with nothing changed: there is no such reference.
bool RedirectImport(const void* inside, const char* name, void* replacement);

}  // namespace just_fork

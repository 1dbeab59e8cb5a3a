// What this program was given: standard streams, and what a shell or a supervisor opens from 3 on. At its
// start Node makes all of that close-on-exec (uv_disable_stdio_inheritance), which exec has to undo.

#include "core/inherited.h"

#include <sys/stat.h>

#include "os/os.h"

namespace just_fork {
namespace inherited {
namespace {

constexpr int kStandardStreams = 3;

// Its number may have been closed and taken again since.
struct Given {
  int fd;
  dev_t device;
  ino_t file;
};
std::vector<Given>& Others() {
  static std::vector<Given> others;
  return others;
}
bool standard_stream_withheld[kStandardStreams];

}  // namespace

void Note() {
  // Once: by the time the package is loaded again, the program may have opened files of its own down there,
  // or withheld what it was given.
  static bool noted = false;
  if (noted) return;
  noted = true;
  // Node's own get the lowest numbers that are free. So what lies below the first of them was there before.
  int end = FirstLoopDescriptor();
  struct stat what;
  for (int fd = kStandardStreams; fd < end; fd++) {
    if (fstat(fd, &what) == 0) Others().push_back({fd, what.st_dev, what.st_ino});
  }
}

void Withhold(int fd) {
  if (fd >= 0 && fd < kStandardStreams) standard_stream_withheld[fd] = true;
  for (Given& given : Others()) {
    if (given.fd == fd) given.fd = -1;
  }
}

std::vector<int> Open() {
  std::vector<int> open;
  struct stat what;
  for (int fd = 0; fd < kStandardStreams; fd++) {
    if (!standard_stream_withheld[fd] && fstat(fd, &what) == 0) open.push_back(fd);
  }
  for (const Given& given : Others()) {
    if (given.fd == -1 || fstat(given.fd, &what) == -1) continue;
    if (what.st_dev == given.device && what.st_ino == given.file) open.push_back(given.fd);
  }
  return open;
}

}  // namespace inherited
}  // namespace just_fork

#include "os/linux/files.h"

#include <fcntl.h>
#include <unistd.h>

namespace just_fork {

std::string ReadFile(const std::string& path) {
  std::string text;
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd == -1) return text;
  char buffer[4096];
  ssize_t length;
  while ((length = read(fd, buffer, sizeof buffer)) > 0) text.append(buffer, static_cast<size_t>(length));
  close(fd);
  return text;
}

}  // namespace just_fork

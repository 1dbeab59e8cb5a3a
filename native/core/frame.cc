#include <cstring>

#include "core/posix.h"

namespace just_fork {
namespace {

constexpr size_t kHeader = 9;
constexpr size_t kSmall = 16'384;  // up to here a copy is cheaper than a second call

int WriteAll(int fd, const void* bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    ssize_t count = Write(fd, static_cast<const char*>(bytes) + at, length - at);
    if (count < 0) return static_cast<int>(count);
    at += static_cast<size_t>(count);
  }
  return 0;
}

template <typename T>
void PutLittleEndian(T value, unsigned char* to) {
  for (size_t i = 0; i < sizeof value; i++) to[i] = static_cast<unsigned char>(value >> (8 * i));
}

}  // namespace

int WriteFrame(int fd, int kind, int index, const void* payload, size_t length) {
  unsigned char frame[kSmall];
  PutLittleEndian(static_cast<uint32_t>(length), frame);
  frame[4] = static_cast<unsigned char>(kind);
  PutLittleEndian(static_cast<uint32_t>(index), frame + 5);
  bool whole = length <= kSmall - kHeader;
  if (whole && length > 0) std::memcpy(frame + kHeader, payload, length);
  int error = WriteAll(fd, frame, kHeader + (whole ? length : 0));
  return error < 0 || whole ? error : WriteAll(fd, payload, length);
}

int WriteNumberFrame(int fd, int kind, int index, double number) {
  uint64_t bits;
  std::memcpy(&bits, &number, sizeof bits);
  unsigned char payload[sizeof bits];
  PutLittleEndian(bits, payload);
  return WriteFrame(fd, kind, index, payload, sizeof payload);
}

}  // namespace just_fork

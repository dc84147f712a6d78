#pragma once

#include <unistd.h>
#include <utility>

namespace troupe {

/// Owns a descriptor. -1: none.
class unique_fd {
public:
  unique_fd() = default;
  explicit unique_fd(int fd) : fd_(fd) {
    // nop
  }
  unique_fd(unique_fd&& other) noexcept : fd_(other.release()) {
    // nop
  }
  unique_fd& operator=(unique_fd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~unique_fd() {
    reset();
  }

  int get() const {
    return fd_;
  }
  int release() {
    return std::exchange(fd_, -1);
  }
  void reset(int fd = -1) {
    if (auto old = std::exchange(fd_, fd); old >= 0)
      ::close(old);
  }
  explicit operator bool() const {
    return fd_ >= 0;
  }

private:
  int fd_ = -1;
};

} // namespace troupe

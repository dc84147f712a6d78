#pragma once

#include <cstddef>
#include <cstdint>
#include <dirent.h>

namespace troupe::guard {

/// The pids of the calling process' children, as the kernel lists them now.
/// Those that start or end meanwhile may be missed: ask again after each death.
class children {
public:
  /// `scanned`: look at every process, for kernels without such a list
  /// (CONFIG_PROC_CHILDREN).
  enum class source { listed, scanned };

  /// Scans also where there is no list.
  explicit children(source from = source::listed);
  children(const children&) = delete;
  ~children();

  /// Calls `f(pid)` for each, zombies included.
  template <class F>
  void each(F f) {
    rewind();
    while (auto pid = next())
      f(pid);
  }

private:
  void rewind();
  int32_t next();
  int32_t next_listed();
  int32_t next_scanned();
  bool refill();

  int32_t self_;
  int list_ = -1;       // /proc/self/task/TID/children
  DIR* scan_ = nullptr; // where the kernel has no such list
  char buffer_[4096];
  size_t at_ = 0;
  size_t end_ = 0;
};

} // namespace troupe::guard

#include "troupe/tools/warden/children.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace troupe::guard {

children::children(source from) : self_(getpid()) {
  char path[64];
  std::snprintf(path, sizeof(path), "/proc/self/task/%d/children", self_);
  if (from == source::listed)
    list_ = open(path, O_RDONLY | O_CLOEXEC);
  if (list_ < 0)
    scan_ = opendir("/proc");
}

children::~children() {
  if (list_ >= 0)
    close(list_);
  if (scan_ != nullptr)
    closedir(scan_);
}

void children::rewind() {
  at_ = end_ = 0;
  if (list_ >= 0)
    lseek(list_, 0, SEEK_SET);
  else if (scan_ != nullptr)
    rewinddir(scan_);
}

int32_t children::next() {
  if (list_ >= 0)
    return next_listed();
  return scan_ != nullptr ? next_scanned() : 0;
}

// -- the kernel's list (CONFIG_PROC_CHILDREN) --------------------------------

bool children::refill() {
  auto n = read(list_, buffer_, sizeof(buffer_));
  at_ = 0;
  end_ = n > 0 ? static_cast<size_t>(n) : 0;
  return end_ > 0;
}

/// Pids, each with a blank after it; one may be cut by the end of a read.
int32_t children::next_listed() {
  auto pid = int32_t{0};
  for (;;) {
    if (at_ == end_ && !refill())
      return pid;
    auto c = buffer_[at_++];
    if (c >= '0' && c <= '9')
      pid = pid * 10 + (c - '0');
    else if (pid != 0)
      return pid;
  }
}

// -- a look at every process -------------------------------------------------

static int32_t parent_of(const char* pid) {
  char path[280];
  char text[512];
  std::snprintf(path, sizeof(path), "/proc/%s/stat", pid);
  auto fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  auto n = read(fd, text, sizeof(text) - 1);
  close(fd);
  text[n > 0 ? n : 0] = '\0';
  auto bracket = std::strrchr(text, ')');
  auto parent = 0;
  if (bracket == nullptr || std::sscanf(bracket, ") %*c %d", &parent) != 1)
    return 0;
  return parent;
}

int32_t children::next_scanned() {
  while (auto* entry = readdir(scan_)) {
    auto pid = std::atoi(entry->d_name);
    if (pid > 0 && parent_of(entry->d_name) == self_)
      return pid;
  }
  return 0;
}

} // namespace troupe::guard

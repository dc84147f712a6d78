#include "tools/demo-server/ledger.hpp"

#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace troupe::demo {

ledger::ledger(const std::string& file) {
  if (file.empty())
    return;
  fd_ = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0)
    std::perror(file.c_str());
}

ledger::~ledger() {
  if (fd_ >= 0)
    ::close(fd_);
}

void ledger::record(std::string_view tool, std::string_view key) {
  if (fd_ >= 0) {
    auto line = std::string{tool} + ' ';
    line += key.empty() ? std::string_view{"-"} : key;
    line += '\n';
    // One write, so that servers which share the file never mix their lines.
    if (::write(fd_, line.data(), line.size()) < 0)
      std::perror("ledger");
  }
  if (key.empty())
    return;
  if (auto found = counts_.find(key); found != counts_.end())
    ++found->second;
  else if (counts_.size() < keys_max)
    counts_.emplace(key, 1);
}

bool ledger::only_keys() const {
  return fd_ < 0;
}

json ledger::counts() const {
  json_writer out;
  out.begin_object();
  for (auto& [key, count] : counts_)
    out.member(key, count);
  return out.end_object().finish();
}

} // namespace troupe::demo

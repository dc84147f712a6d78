#include "troupe/tools/demo-server/line_file.hpp"

#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace troupe::demo {

line_file::line_file(const std::string& name) {
  if (name.empty())
    return;
  fd_ = ::open(name.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0)
    std::perror(name.c_str());
}

line_file::~line_file() {
  if (fd_ >= 0)
    ::close(fd_);
}

void line_file::append(std::string line) {
  line += '\n';
  if (::write(fd_, line.data(), line.size()) < 0)
    std::perror("a line was not written");
}

} // namespace troupe::demo

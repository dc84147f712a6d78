#include "troupe/tools/bench/http_server.hpp"

#include <unistd.h>

namespace troupe::bench {

namespace {

std::string first_line(int fd) {
  std::string line;
  char x = 0;
  while (read(fd, &x, 1) == 1 && x != '\n')
    line += x;
  return line;
}

} // namespace

http_server::http_server(const std::string& program, const std::string& answers)
  : process_({program, "--http", "0", "--answers", answers}) {
  auto line = first_line(process_.out);
  url_ = line.substr(line.find("http://"));
}

const std::string& http_server::url() const {
  return url_;
}

uint16_t http_server::port() const {
  return static_cast<uint16_t>(std::stoi(url_.substr(url_.rfind(':') + 1)));
}

} // namespace troupe::bench

#include "tools/demo-server/request_log.hpp"

#include "messages/json.hpp"

#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace troupe::demo {

request_log::request_log(const std::string& file) {
  if (file.empty())
    return;
  fd_ = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0)
    std::perror(file.c_str());
}

request_log::~request_log() {
  if (fd_ >= 0)
    ::close(fd_);
}

uint64_t request_log::record(const http_connection& from,
                             const http_request& x) {
  ++last_;
  if (fd_ < 0)
    return last_;
  json_writer out;
  out.begin_object()
    .member("request", last_)
    .member("connection", from.number())
    .member("method", std::string_view{x.method})
    .member("target", std::string_view{x.target});
  out.key("headers").begin_array();
  for (auto& [name, value] : x.headers) {
    out.begin_array().value(std::string_view{name});
    out.value(std::string_view{value}).end_array();
  }
  out.end_array();
  out.member("body", std::string_view{x.body}.substr(0, body_bytes_max));
  out.end_object();
  write(out.take());
  return last_;
}

void request_log::left(uint64_t request) {
  if (fd_ >= 0)
    write("{\"left\":" + std::to_string(request) + '}');
}

void request_log::write(std::string line) {
  line += '\n';
  if (::write(fd_, line.data(), line.size()) < 0)
    std::perror("requests");
}

} // namespace troupe::demo

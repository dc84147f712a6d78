#include "troupe/tools/demo-server/request_log.hpp"

#include "troupe/messages/json/json.hpp"

namespace troupe::demo {

request_log::request_log(const std::string& file) : file_(file) {
  // nop
}

uint64_t request_log::record(const http_connection& from,
                             const http_request& x) {
  ++last_;
  if (!file_.is_open())
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
  file_.append(out.take());
  return last_;
}

void request_log::left(uint64_t request) {
  if (file_.is_open())
    file_.append("{\"left\":" + std::to_string(request) + '}');
}

} // namespace troupe::demo

#include "troupe/tests/support/request_file.hpp"

#include "troupe/messages/header_text.hpp"
#include "troupe/tests/support/leak_counter.hpp"

#include <algorithm>
#include <fstream>

namespace troupe::test {

namespace {

std::string text_in(const json& x, std::string_view key) {
  return x.find(key).value_or(json{}).as_string().value_or("");
}

seen_request read(const json& record, const json& headers) {
  seen_request result;
  auto body = json::parse(text_in(record, "body"));
  result.method = text_in(body.value, "method");
  if (result.method.empty())
    result.method = text_in(record, "method");
  for (auto& header : headers.items())
    if (same_letters(*header.items()[0].as_string(), "mcp-session-id"))
      result.session = *header.items()[1].as_string();
  return result;
}

} // namespace

request_file::request_file(const live_world& w, const std::string& name)
  : path_(w.file(name)) {
  // nop
}

std::vector<std::string>
request_file::with(std::vector<std::string> options) const {
  options.insert(options.end(), {"--requests", path_});
  return options;
}

std::vector<seen_request> request_file::all() const {
  std::vector<seen_request> result;
  std::ifstream in{path_};
  for (std::string line; std::getline(in, line);) {
    auto record = json::parse(line).value;
    if (auto headers = record.find("headers")) // a whole line
      result.push_back(read(record, *headers));
  }
  return result;
}

size_t request_file::count(const std::string& method) const {
  auto list = all();
  return static_cast<size_t>(std::count_if(
    list.begin(), list.end(), [&](auto& x) { return x.method == method; }));
}

bool request_file::await(const std::string& method, size_t times) const {
  return leaks::eventually([&] { return count(method) >= times; });
}

} // namespace troupe::test

#include "troupe/tests/support/raw_http.hpp"

#include "troupe/tests/support/loopback.hpp"

#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::test {

std::string http_answer::header(std::string_view name) const {
  for (auto& [key, value] : headers)
    if (key.size() == name.size()
        && strncasecmp(key.data(), name.data(), name.size()) == 0)
      return value;
  return {};
}

raw_http::raw_http(uint16_t port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto at = loopback(port);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0)
    throw std::runtime_error("connect");
}

raw_http::~raw_http() {
  close();
}

raw_http::raw_http(raw_http&& x) noexcept
  : fd_(std::exchange(x.fd_, -1)), unread_(std::move(x.unread_)),
    events_(std::move(x.events_)), chunked_(x.chunked_) {
  // nop
}

void raw_http::send(std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0)
      throw std::runtime_error("send");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

void raw_http::request(std::string_view method, std::string_view target,
                       const http_headers& headers, std::string_view body) {
  auto text = std::string{method} + ' ' + std::string{target}
              + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  for (auto& [name, value] : headers)
    text += name + ": " + value + "\r\n";
  if (method == "POST")
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  send(text + "\r\n" + std::string{body});
}

http_answer raw_http::head() {
  http_answer result;
  auto first = line();
  if (!first.starts_with("HTTP/1.1 "))
    throw std::runtime_error("no head of HTTP: " + first);
  result.status = std::stoi(first.substr(9));
  for (auto next = line(); !next.empty(); next = line()) {
    auto colon = next.find(": ");
    result.headers.emplace_back(next.substr(0, colon), next.substr(colon + 2));
  }
  chunked_ = result.header("Transfer-Encoding") == "chunked";
  return result;
}

http_answer raw_http::answer() {
  auto result = head();
  auto length = result.header("Content-Length");
  if (chunked_)
    while (next_chunk(result.body)) {
    }
  else if (!length.empty())
    result.body = take(std::stoul(length));
  else
    result.body = rest();
  return result;
}

std::optional<std::string> raw_http::event() {
  for (;;) {
    if (auto end = events_.find("\n\n"); end != std::string::npos) {
      auto result = events_.substr(0, end);
      events_.erase(0, end + 2);
      return result;
    }
    if (!next_chunk(events_))
      return std::nullopt;
  }
}

std::string raw_http::rest() {
  while (read_more()) {
  }
  return std::exchange(unread_, {});
}

std::string raw_http::bytes(size_t count) {
  while (unread_.size() < count && read_more()) {
  }
  auto result = unread_.substr(0, count);
  unread_.erase(0, count);
  return result;
}

bool raw_http::silent_for(std::chrono::milliseconds time) {
  return unread_.empty() && !readable(time);
}

void raw_http::close() {
  if (fd_ >= 0)
    ::close(fd_);
  fd_ = -1;
}

// -- steps --------------------------------------------------------------------

bool raw_http::readable(std::chrono::milliseconds wait) const {
  pollfd what{fd_, POLLIN, 0};
  return ::poll(&what, 1, static_cast<int>(wait.count())) > 0;
}

bool raw_http::read_more() {
  if (!readable(patience))
    throw std::runtime_error("the server is silent");
  char chunk[16 << 10];
  auto n = ::recv(fd_, chunk, sizeof chunk, 0);
  if (n > 0)
    unread_.append(chunk, static_cast<size_t>(n));
  return n > 0;
}

std::string raw_http::line() {
  auto end = unread_.find("\r\n");
  for (; end == std::string::npos; end = unread_.find("\r\n"))
    if (!read_more())
      throw std::runtime_error("the connection has ended: " + unread_);
  auto result = unread_.substr(0, end);
  unread_.erase(0, end + 2);
  return result;
}

std::string raw_http::take(size_t count) {
  auto result = bytes(count);
  if (result.size() < count)
    throw std::runtime_error("the body was cut");
  return result;
}

bool raw_http::next_chunk(std::string& to) {
  if (unread_.empty() && !read_more())
    return false;
  auto size = std::stoul(line(), nullptr, 16);
  to += take(size);
  take(2);
  return size > 0;
}

// -- events -------------------------------------------------------------------

std::string field_of(const std::string& event, std::string_view name) {
  std::string result;
  for (size_t at = 0; at < event.size();) {
    auto end = std::min(event.find('\n', at), event.size());
    auto line = std::string_view{event}.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(name) || line.substr(name.size(), 1) != ":")
      continue;
    line.remove_prefix(name.size() + 1);
    if (line.starts_with(' '))
      line.remove_prefix(1);
    result += result.empty() ? "" : "\n";
    result += line;
  }
  return result;
}

std::string data_of(const std::string& event) {
  return field_of(event, "data");
}

} // namespace troupe::test

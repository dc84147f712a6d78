#include "troupe/tools/bench/figures.hpp"
#include "troupe/tools/bench/http_server.hpp"
#include "troupe/tools/bench/raw_measures.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

namespace troupe::bench {

namespace {

using clock = std::chrono::steady_clock;

/// A connection that is reused, and nothing else.
class raw_connection {
public:
  explicit raw_connection(uint16_t port) {
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0)
      die("connect");
    buffer_.resize(256 << 10);
  }

  ~raw_connection() {
    close(fd);
  }

  void say(const std::string& request) {
    seen_ = 0;
    expected_ = 0;
    for (size_t done = 0; done < request.size();) {
      auto n =
        send(fd, request.data() + done, request.size() - done, MSG_NOSIGNAL);
      if (n < 0)
        die("send");
      done += static_cast<size_t>(n);
    }
  }

  /// Reads once. Returns whether the response is complete.
  bool hear_some() {
    auto n = recv(fd, buffer_.data(), buffer_.size(), 0);
    if (n <= 0)
      die("recv");
    auto bytes = std::string_view{buffer_}.substr(0, static_cast<size_t>(n));
    if (seen_ == 0)
      read_head(bytes);
    seen_ += bytes.size();
    return expected_ > 0 ? seen_ >= expected_ : bytes.ends_with("0\r\n\r\n");
  }

  /// Returns the response's bytes.
  size_t hear() {
    while (!hear_some()) {
    }
    return seen_;
  }

  int fd = -1;

private:
  /// Of a body in chunks the length stays 0.
  void read_head(std::string_view bytes) {
    auto end = bytes.find("\r\n\r\n");
    if (!bytes.starts_with("HTTP/1.1 200") || end == std::string_view::npos)
      die("bench: unexpected response");
    auto length = bytes.substr(0, end).find("Content-Length: ");
    if (length != std::string_view::npos)
      expected_ =
        end + 4 + std::strtoull(bytes.data() + length + 16, nullptr, 10);
  }

  std::string buffer_;
  size_t seen_ = 0;
  size_t expected_ = 0;
};

/// What our client sends, in one piece.
std::string http_request_text(const std::string& tool,
                              const std::string& arguments) {
  auto body =
    R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":)"
    R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
    R"("io.modelcontextprotocol/clientInfo":{"name":"floor","version":"1"},)"
    R"("io.modelcontextprotocol/clientCapabilities":{}},"name":")"
    + tool + R"(","arguments":)" + arguments + "}}";
  return "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n"
         "Content-Type: application/json\r\n"
         "Accept: application/json, text/event-stream\r\n"
         "Accept-Encoding: identity\r\n"
         "MCP-Protocol-Version: 2026-07-28\r\n"
         "Mcp-Method: tools/call\r\nMcp-Name: "
         + tool + "\r\nContent-Length: " + std::to_string(body.size())
         + "\r\n\r\n" + body;
}

const std::string& echo() {
  static const auto result = http_request_text("echo", R"({"text":"hello"})");
  return result;
}

/// One call at a time on each of many connections.
figures at_once(const char* name, uint16_t port, size_t calls,
                size_t connections) {
  std::vector<std::unique_ptr<raw_connection>> all;
  auto ready = epoll_create1(EPOLL_CLOEXEC);
  for (size_t i = 0; i < connections; ++i) {
    all.push_back(std::make_unique<raw_connection>(port));
    epoll_event what{};
    what.events = EPOLLIN;
    what.data.ptr = all.back().get();
    epoll_ctl(ready, EPOLL_CTL_ADD, all.back()->fd, &what);
  }
  auto begin = clock::now();
  for (auto& x : all)
    x->say(echo());
  for (size_t answered = 0; answered < calls;) {
    epoll_event events[64];
    auto n = epoll_wait(ready, events, 64, -1);
    for (int i = 0; i < n; ++i) {
      auto& x = *static_cast<raw_connection*>(events[i].data.ptr);
      if (x.hear_some()) {
        ++answered;
        x.say(echo());
      }
    }
  }
  figures x;
  x.name = name;
  x.per_second = static_cast<double>(calls) / seconds_since(begin);
  for (auto& c : all)
    c->hear();
  close(ready);
  return x;
}

figures http_sequential_calls(uint16_t port, size_t calls) {
  raw_connection server{port};
  return sequential(calls, [&] {
    server.say(echo());
    server.hear();
  });
}

figures http_large_results(uint16_t port, size_t calls, size_t bytes) {
  raw_connection server{port};
  auto ask =
    http_request_text("blob", R"({"bytes":)" + std::to_string(bytes) + "}");
  return large(calls, [&] {
    server.say(ask);
    return server.hear();
  });
}

} // namespace

std::vector<figures> measure_http_floor(const http_server& server,
                                        const amounts& n) {
  auto port = server.port();
  return {http_sequential_calls(port, n.sequential),
          at_once("64 calls in flight", port, n.in_flight, n.window),
          http_large_results(port, n.large, n.large_bytes),
          at_once("100 clients", port, n.many, n.clients)};
}

} // namespace troupe::bench

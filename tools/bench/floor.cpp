#include "troupe/tools/bench/raw_measures.hpp"
#include "troupe/tools/bench/raw_process.hpp"

#include <poll.h>
#include <unistd.h>

#include <cstring>
#include <memory>

namespace troupe::bench {

namespace {

using clock = std::chrono::steady_clock;

/// A server at the end of two pipes. It is sent `initialize` at once; `meet`
/// must be called before anything else.
class raw_server {
public:
  explicit raw_server(const std::string& program) : process_({program}) {
    buffer_.resize(256 << 10);
    say(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":)"
        R"({"protocolVersion":"2025-11-25","capabilities":{},)"
        R"("clientInfo":{"name":"floor","version":"1"}}})"
        "\n");
  }

  /// Waits until it has begun.
  void meet() {
    hear(1);
    say(R"({"jsonrpc":"2.0","method":"notifications/initialized"})"
        "\n");
  }

  void say(const std::string& bytes) {
    for (size_t done = 0; done < bytes.size();) {
      auto n = write(process_.in, bytes.data() + done, bytes.size() - done);
      if (n < 0)
        die("write");
      done += static_cast<size_t>(n);
    }
  }

  /// Reads until `lines` lines have ended. Returns their bytes.
  size_t hear(size_t lines) {
    size_t bytes = 0;
    while (lines > 0) {
      auto n = read(process_.out, buffer_.data(), buffer_.size());
      if (n <= 0)
        die("read");
      bytes += static_cast<size_t>(n);
      lines -= std::min(lines, ends(static_cast<size_t>(n)));
    }
    return bytes;
  }

  /// Reads what is there. Returns how many lines ended.
  size_t hear_some() {
    auto n = read(process_.out, buffer_.data(), buffer_.size());
    if (n <= 0)
      die("read");
    return ends(static_cast<size_t>(n));
  }

  int out() const {
    return process_.out;
  }

  void hang_up() {
    process_.hang_up();
  }

private:
  size_t ends(size_t n) const {
    size_t result = 0;
    auto p = buffer_.data();
    auto end = p + n;
    while ((p = static_cast<const char*>(
              std::memchr(p, '\n', static_cast<size_t>(end - p))))
           != nullptr) {
      ++result;
      ++p;
    }
    return result;
  }

  raw_process process_;
  std::string buffer_;
};

std::string request(const char* tool, const std::string& arguments) {
  return std::string{R"({"jsonrpc":"2.0","id":1,"method":"tools/call",)"
                     R"("params":{"name":")"}
         + tool + R"(","arguments":)" + arguments + "}}\n";
}

const std::string echo_request = request("echo", R"({"text":"hello"})");

figures in_flight(const std::string& program, size_t calls, size_t window) {
  raw_server server{program};
  server.meet();
  std::string batch;
  auto begin = clock::now();
  for (size_t i = 0; i < window; ++i)
    batch += echo_request;
  server.say(batch);
  size_t sent = window;
  for (size_t answered = 0; answered < calls;) {
    auto n = server.hear_some();
    answered += n;
    batch.clear();
    for (; n > 0 && sent < calls; --n, ++sent)
      batch += echo_request;
    server.say(batch);
  }
  figures x;
  x.name = "64 calls in flight";
  x.per_second = static_cast<double>(calls) / seconds_since(begin);
  return x;
}

figures sequential_calls(const std::string& program, size_t calls) {
  raw_server server{program};
  server.meet();
  return sequential(calls, [&] {
    server.say(echo_request);
    server.hear(1);
  });
}

figures large_results(const std::string& program, size_t calls, size_t bytes) {
  raw_server server{program};
  server.meet();
  auto ask = request("blob", R"({"bytes":)" + std::to_string(bytes) + "}");
  return large(calls, [&] {
    server.say(ask);
    return server.hear(1);
  });
}

using raw_servers = std::vector<std::unique_ptr<raw_server>>;

raw_servers connect_all(const std::string& program, size_t clients) {
  raw_servers result;
  for (size_t i = 0; i < clients; ++i)
    result.push_back(std::make_unique<raw_server>(program));
  for (auto& x : result)
    x->meet();
  return result;
}

/// One call at a time to each.
void call_all(raw_servers& servers, size_t calls) {
  std::vector<pollfd> ready;
  for (auto& x : servers) {
    ready.push_back({x->out(), POLLIN, 0});
    x->say(echo_request);
  }
  for (size_t answered = 0; answered < calls;) {
    poll(ready.data(), ready.size(), -1);
    for (size_t i = 0; i < servers.size(); ++i)
      if (ready[i].revents != 0) {
        answered += servers[i]->hear_some();
        servers[i]->say(echo_request);
      }
  }
}

/// Waits for the end of each.
void close_all(raw_servers servers) {
  for (auto& x : servers)
    x->hang_up();
}

figures many(const std::string& program, size_t calls, size_t clients) {
  figures x;
  x.name = "100 clients";
  auto begin = clock::now();
  auto servers = connect_all(program, clients);
  x.connect_all = clock::now() - begin;
  begin = clock::now();
  call_all(servers, calls);
  x.per_second = static_cast<double>(calls) / seconds_since(begin);
  for (auto& s : servers)
    s->hear(1);
  begin = clock::now();
  close_all(std::move(servers));
  x.close_all = clock::now() - begin;
  return x;
}

} // namespace

std::vector<figures> measure_floor(const std::string& server,
                                   const amounts& n) {
  return {sequential_calls(server, n.sequential),
          in_flight(server, n.in_flight, n.window),
          large_results(server, n.large, n.large_bytes),
          many(server, n.many, n.clients)};
}

} // namespace troupe::bench

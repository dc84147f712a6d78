#include "tools/bench/figures.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <poll.h>

extern char** environ;

namespace troupe::bench {

namespace {

using clock = std::chrono::steady_clock;

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

/// A server at the end of two pipes, and nothing else.
class raw_server {
public:
  explicit raw_server(const std::string& program) {
    int to[2];
    int from[2];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
      die("pipe2");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], 0);
    posix_spawn_file_actions_adddup2(&actions, from[1], 1);
    char* argv[] = {const_cast<char*>(program.c_str()), nullptr};
    if (posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv, environ)
        != 0)
      die(program.c_str());
    posix_spawn_file_actions_destroy(&actions);
    close(to[0]);
    close(from[1]);
    in = to[1];
    out = from[0];
    buffer_.resize(256 << 10);
    say(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":)"
        R"({"protocolVersion":"2025-11-25","capabilities":{},)"
        R"("clientInfo":{"name":"floor","version":"1"}}})"
        "\n");
    hear(1);
    say(R"({"jsonrpc":"2.0","method":"notifications/initialized"})"
        "\n");
  }

  ~raw_server() {
    close(in);
    close(out);
    waitpid(pid_, nullptr, 0);
  }

  void say(const std::string& bytes) {
    for (size_t done = 0; done < bytes.size();) {
      auto n = write(in, bytes.data() + done, bytes.size() - done);
      if (n < 0)
        die("write");
      done += static_cast<size_t>(n);
    }
  }

  /// Reads until so many lines have ended. Returns their bytes.
  size_t hear(size_t lines) {
    size_t bytes = 0;
    while (lines > 0) {
      auto n = read(out, buffer_.data(), buffer_.size());
      if (n <= 0)
        die("read");
      bytes += static_cast<size_t>(n);
      lines -= std::min(lines, ends(static_cast<size_t>(n)));
    }
    return bytes;
  }

  /// Reads what is there; how many lines ended.
  size_t hear_some() {
    auto n = read(out, buffer_.data(), buffer_.size());
    if (n <= 0)
      die("read");
    return ends(static_cast<size_t>(n));
  }

  int in = -1;
  int out = -1;

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

  pid_t pid_ = 0;
  std::string buffer_;
};

std::string request(const char* tool, const std::string& arguments) {
  return std::string{R"({"jsonrpc":"2.0","id":1,"method":"tools/call",)"
                     R"("params":{"name":")"}
         + tool + R"(","arguments":)" + arguments + "}}\n";
}

const std::string echo = request("echo", R"({"text":"hello"})");

figures sequential(const std::string& program, size_t calls) {
  raw_server server{program};
  std::vector<nanoseconds> took;
  took.reserve(calls);
  auto begin = clock::now();
  for (size_t i = 0; i < calls; ++i) {
    auto sent = clock::now();
    server.say(echo);
    server.hear(1);
    took.push_back(clock::now() - sent);
  }
  figures x;
  x.name = "sequential calls";
  std::chrono::duration<double> all = clock::now() - begin;
  x.per_second = static_cast<double>(calls) / all.count();
  x.p50 = percentile(took, 0.5);
  x.p99 = percentile(took, 0.99);
  return x;
}

figures in_flight(const std::string& program, size_t calls, size_t window) {
  raw_server server{program};
  std::string batch;
  auto begin = clock::now();
  for (size_t i = 0; i < window; ++i)
    batch += echo;
  server.say(batch);
  size_t sent = window;
  for (size_t answered = 0; answered < calls;) {
    auto n = server.hear_some();
    answered += n;
    batch.clear();
    for (; n > 0 && sent < calls; --n, ++sent)
      batch += echo;
    server.say(batch);
  }
  figures x;
  x.name = "64 calls in flight";
  std::chrono::duration<double> all = clock::now() - begin;
  x.per_second = static_cast<double>(calls) / all.count();
  return x;
}

figures large(const std::string& program, size_t calls, size_t bytes) {
  raw_server server{program};
  auto ask = request("blob", R"({"bytes":)" + std::to_string(bytes) + "}");
  size_t total = 0;
  auto begin = clock::now();
  for (size_t i = 0; i < calls; ++i) {
    server.say(ask);
    total += server.hear(1);
  }
  figures x;
  x.name = "1 MiB results";
  std::chrono::duration<double> all = clock::now() - begin;
  x.megabytes_second = static_cast<double>(total) / 1e6 / all.count();
  return x;
}

figures many(const std::string& program, size_t calls, size_t clients) {
  std::vector<std::unique_ptr<raw_server>> servers;
  std::vector<pollfd> ready;
  for (size_t i = 0; i < clients; ++i) {
    servers.push_back(std::make_unique<raw_server>(program));
    ready.push_back({servers.back()->out, POLLIN, 0});
  }
  auto begin = clock::now();
  for (auto& x : servers)
    x->say(echo);
  for (size_t answered = 0; answered < calls;) {
    poll(ready.data(), ready.size(), -1);
    for (size_t i = 0; i < clients; ++i)
      if (ready[i].revents != 0) {
        answered += servers[i]->hear_some();
        servers[i]->say(echo);
      }
  }
  figures x;
  x.name = "100 clients";
  std::chrono::duration<double> all = clock::now() - begin;
  x.per_second = static_cast<double>(calls) / all.count();
  for (auto& s : servers)
    s->hear(1);
  return x;
}

} // namespace

std::vector<figures> measure_floor(const std::string& server,
                                   const amounts& n) {
  return {
    sequential(server, n.sequential), in_flight(server, n.in_flight, n.window),
    large(server, n.large, n.large_bytes), many(server, n.many, n.clients)};
}

} // namespace troupe::bench

#pragma once

#include "troupe/tests/support/scratch_folder.hpp"
#include "troupe/tools/troupe/control_client.hpp"
#include "troupe/tools/troupe/control_server.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <functional>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace troupe::test {

/// A folder for a control socket. The test that has it ends within a minute.
class socket_folder {
public:
  socket_folder() {
    ::alarm(60);
  }
  ~socket_folder() {
    ::alarm(0);
  }
  const std::string& path() const {
    return folder_.path();
  }
  std::string socket() const {
    return folder_.file("x.sock");
  }

private:
  scratch_folder folder_;
};

inline cli::control_request request_for(const std::string& tool) {
  cli::control_request result;
  result.what = cli::command::call;
  result.server = "a";
  result.tool = tool;
  result.arguments = json::parse(R"({"k":[1,2]})").value;
  result.timeout = std::chrono::seconds{3};
  return result;
}

inline cli::outcome echo(const cli::control_request& x) {
  json_writer out;
  out.begin_object().member("tool", std::string_view{x.tool});
  return {0, out.member("arguments", x.arguments).end_object().finish()};
}

/// A client that has asked and not read yet.
inline cli::connected asking(const std::string& socket,
                             const cli::control_request& x) {
  auto result = cli::connect_to(socket);
  auto line = cli::format_request(x) + '\n';
  REQUIRE(::send(result.fd.get(), line.data(), line.size(), MSG_NOSIGNAL)
          == static_cast<ssize_t>(line.size()));
  return result;
}

inline std::string code_of(const cli::exchange& x) {
  auto error = x.value.value.find("error").value_or(json{});
  return error.find("code").value_or(json{}).as_string().value_or("");
}

inline bool works(const std::string& socket, const cli::control_request& x) {
  auto said = cli::ask_running(socket, x);
  INFO(said.error << code_of(said));
  return said.is_running && said.error.empty() && code_of(said).empty();
}

inline bool has_answer(const cli::connected& x) {
  pollfd y{x.fd.get(), POLLIN, 0};
  return ::poll(&y, 1, 20'000) == 1;
}

/// All that comes until the end.
inline std::string read_all_of(const cli::connected& x) {
  std::string result;
  char bytes[64 * 1024];
  while (has_answer(x)) {
    auto n = ::recv(x.fd.get(), bytes, sizeof(bytes), 0);
    if (n < 0 && errno == EAGAIN)
      continue;
    if (n <= 0)
      break;
    result.append(bytes, static_cast<size_t>(n));
  }
  return result;
}

struct crowded {
  socket_folder folder;
  cli::control_listener::opened listening =
    cli::control_listener::open(folder.socket());
  std::string socket = folder.socket();
};

/// Answers each call but those of "never"; `on_large` makes the answer to
/// "large", and that to "text" has `text_bytes`.
struct echo_server {
  cli::main_loop loop;
  int given_up = 0;
  std::function<void()> on_given_up = [] {};
  std::function<void()> on_never = [] {};
  std::function<cli::outcome()> on_large = [] { return cli::outcome{}; };
  size_t text_bytes = 0;
  std::function<void()> on_text = [] {};
  cli::control_server server;

  explicit echo_server(int listening, cli::slot_limits most = {})
    : server(
      loop, listening,
      [this](const cli::control_request& x, cli::control_server::answer_fn then,
             cli::control_server::progress_fn on_progress)
        -> cli::control_server::give_up_fn {
        if (x.tool == "never")
          on_never();
        else if (x.tool == "steps")
          make_steps(on_progress, then);
        else if (x.tool == "large")
          then(cli::reply::later(on_large, 0));
        else if (x.tool == "text")
          say_text(then);
        else
          then(echo(x));
        return [this] {
          ++given_up;
          on_given_up();
        };
      },
      most) {
    // nop
  }

  void say_text(const cli::control_server::answer_fn& then) {
    then(cli::outcome{0, json::from_string(std::string(text_bytes, 'x'))});
    on_text();
  }

  /// Tells of many steps at once, then answers.
  void make_steps(const cli::control_server::progress_fn& on_progress,
                  const cli::control_server::answer_fn& then) {
    for (int i = 1; i <= 1000; ++i)
      on_progress({1, static_cast<double>(i), 1000, "step"});
    loop.post([=, this] {
      on_progress({1, 1000, 1000, "last\x1b[m"});
      loop.post([=] { then(cli::outcome{}); });
    });
  }

  /// Runs the loop until `work`, on a thread, is done.
  void serve(const std::function<void()>& work) {
    std::thread other{[&] {
      work();
      loop.post([this] { loop.quit(); });
    }};
    loop.run();
    other.join();
  }
};

/// Many clients ask at once, where the server may drop all but one that are
/// unfinished: each is answered.
inline void check_burst(const cli::control_request& x) {
  crowded at;
  cli::slot_limits most;
  most.unfinished = 1;
  echo_server world{at.listening.value.fd(), most};
  // All are there before the first is let in.
  std::vector<cli::connected> all;
  for (int i = 0; i < 20; ++i)
    all.push_back(asking(at.socket, x));
  world.serve([&] {
    for (auto& each : all)
      CHECK(cli::parse_answer(read_all_of(each)).error.empty());
  });
}

} // namespace troupe::test

// Covers tools/troupe/control_server.hpp, tools/troupe/control_slots.hpp,
// tools/troupe/side_thread.hpp, tools/troupe/limits.hpp.
// What the control socket holds for large requests and answers, in bytes.

#include "troupe/tests/tools/troupe/control_fixture.hpp"
#include "troupe/tools/troupe/limits.hpp"

#include <atomic>
#include <future>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::cli;
using namespace troupe::test;

namespace {

constexpr size_t piece = 64 << 10;

control_request large_call(const std::string& tool, size_t bytes) {
  auto result = request_for(tool);
  json_writer out;
  out.begin_object().member("k", std::string_view{std::string(bytes, 'y')});
  result.arguments = out.end_object().finish();
  return result;
}

/// Sends until all is taken, or nothing more is for so long. Returns how many
/// bytes were.
size_t send_some(const connected& to, const std::string& bytes,
                 std::chrono::milliseconds patience) {
  size_t sent = 0;
  pollfd x{to.fd.get(), POLLOUT, 0};
  while (sent < bytes.size()
         && ::poll(&x, 1, static_cast<int>(patience.count())) == 1) {
    auto n = ::send(to.fd.get(), bytes.data() + sent,
                    std::min(piece, bytes.size() - sent), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN)
      break;
    sent += n > 0 ? static_cast<size_t>(n) : 0;
  }
  return sent;
}

bool is_closed(const connected& x) {
  pollfd y{x.fd.get(), 0, 0};
  return ::poll(&y, 1, 20'000) == 1;
}

/// A server whose thread beside the loop is held up until `go_on`.
struct held_up {
  crowded at;
  std::promise<void> began;
  std::promise<void> released;
  std::shared_future<void> may_go_on = released.get_future();
  echo_server world;
  connected first;

  explicit held_up(slot_limits most) : world(at.listening.value.fd(), most) {
    world.on_large = [this] {
      began.set_value();
      may_go_on.wait_for(20s);
      return outcome{};
    };
  }
  ~held_up() {
    go_on();
  }
  void begin() {
    first = asking(at.socket, request_for("large"));
    CHECK(began.get_future().wait_for(20s) == std::future_status::ready);
  }
  void go_on() {
    if (may_go_on.wait_for(0s) != std::future_status::ready)
      released.set_value();
  }
};

slot_limits one_megabyte_of_requests() {
  slot_limits result;
  result.unfinished_bytes = 1 << 20;
  return result;
}

slot_limits one_megabyte_of_answers() {
  slot_limits result;
  result.unread_bytes = 512 << 10;
  result.idle_timeout = 20s; // no reader is dropped for others
  return result;
}

} // namespace

// -- requests -----------------------------------------------------------------

SCENARIO("the largest calls at once are all answered", "[control]") {
  crowded at;
  echo_server world{at.listening.value.fd()};
  auto request = large_call("text", 15 << 20);
  world.serve([&] {
    std::vector<std::future<bool>> all;
    for (int i = 0; i < 5; ++i)
      all.push_back(std::async(std::launch::async, [&] {
        auto said = ask_running(at.socket, request);
        return said.error.empty() && code_of(said).empty();
      }));
    auto answered = 0;
    for (auto& x : all)
      answered += x.get();
    CHECK(answered == 5);
  });
}

SCENARIO("a burst of large requests loses none", "[control]") {
  check_burst(large_call("text", 100 << 10));
}

SCENARIO("whole requests are kept, and others are not read", "[control]") {
  held_up at{one_megabyte_of_requests()};
  auto line = format_request(large_call("text", 500 << 10)) + '\n';
  auto third = format_request(large_call("text", 8 << 20)) + '\n';
  at.world.serve([&] {
    at.begin();
    std::vector<connected> whole(2);
    for (auto& x : whole) {
      x = connect_to(at.at.socket);
      CHECK(send_some(x, line, 20s) == line.size());
    }
    auto last = connect_to(at.at.socket);
    auto sent = send_some(last, third, 500ms);
    CHECK(sent < 1 << 20);
    THEN("small ones are served, and all of them when the thread goes on") {
      CHECK(works(at.at.socket, request_for("good")));
      at.go_on();
      CHECK(send_some(last, third.substr(sent), 20s) == third.size() - sent);
      for (auto& x : whole)
        CHECK(parse_answer(read_all_of(x)).error.empty());
      CHECK(parse_answer(read_all_of(last)).error.empty());
    }
    WHEN("their clients go away") {
      whole.clear();
      THEN("what the thread still holds of them counts") {
        CHECK(works(at.at.socket, request_for("good")));
        CHECK(send_some(last, third.substr(sent), 500ms) < 1 << 20);
        at.go_on();
      }
    }
    WHEN("the one that waits goes away") {
      last.fd = unique_fd{};
      THEN("the others are answered") {
        CHECK(works(at.at.socket, request_for("good")));
        at.go_on();
        for (auto& x : whole)
          CHECK(parse_answer(read_all_of(x)).error.empty());
      }
    }
  });
}

SCENARIO("to wait for others costs a large call no time", "[control]") {
  held_up at{one_megabyte_of_requests()};
  auto half = large_call("text", 500 << 10);
  auto large = large_call("text", 2 << 20);
  at.world.serve([&] {
    at.begin();
    std::vector<connected> whole(2);
    for (auto& x : whole) {
      x = connect_to(at.at.socket);
      auto line = format_request(half) + '\n';
      CHECK(send_some(x, line, 20s) == line.size());
    }
    std::atomic<int> told = 0;
    while_waiting news;
    news.on_wait = [&] { ++told; };
    auto said = std::async(std::launch::async, [&] {
      return ask_running(at.at.socket, large, news);
    });
    CHECK(said.wait_for(limits::line_timeout + 500ms)
          == std::future_status::timeout);
    at.go_on();
    CHECK(said.get().error.empty());
    CHECK(told == 1);
  });
}

SCENARIO("large half requests shut out no large one", "[control]") {
  crowded at;
  echo_server world{at.listening.value.fd(), one_megabyte_of_requests()};
  std::string half(600 << 10, 'x');
  world.serve([&] {
    auto first = connect_to(at.socket);
    CHECK(send_some(first, half, 20s) == half.size());
    auto second = connect_to(at.socket);
    send_some(second, half, 200ms);
    CHECK(works(at.socket, large_call("text", 700 << 10)));
    THEN("the one that was silent for the longest time was dropped") {
      CHECK(is_closed(first));
    }
  });
}

SCENARIO("a large request without a place is refused, and others are served",
         "[control]") {
  crowded at;
  slot_limits most;
  most.large = 1;
  echo_server world{at.listening.value.fd(), most};
  std::string half(100 << 10, 'x');
  world.serve([&] {
    auto first = connect_to(at.socket);
    CHECK(send_some(first, half, 20s) == half.size());
    CHECK(code_of(ask_running(at.socket, large_call("text", 5 << 20)))
          == "overloaded");
    CHECK(works(at.socket, request_for("good")));
    first.fd = unique_fd{};
    CHECK(works(at.socket, large_call("text", 5 << 20)));
  });
}

SCENARIO("connections above the limit wait until one goes", "[control]") {
  crowded at;
  slot_limits most;
  most.connections = 2;
  echo_server world{at.listening.value.fd(), most};
  world.serve([&] {
    auto first = asking(at.socket, request_for("never"));
    auto second = asking(at.socket, request_for("never"));
    auto third = asking(at.socket, request_for("good"));
    pollfd x{third.fd.get(), POLLIN, 0};
    CHECK(::poll(&x, 1, 300) == 0);
    first.fd = unique_fd{};
    CHECK(parse_answer(read_all_of(third)).error.empty());
  });
}

// -- answers ------------------------------------------------------------------

SCENARIO("calls are refused while slow readers hold too many bytes",
         "[control]") {
  crowded at;
  echo_server world{at.listening.value.fd(), one_megabyte_of_answers()};
  world.text_bytes = 600 << 10;
  world.serve([&] {
    std::vector<connected> slow;
    for (int i = 0; i < 3; ++i) {
      slow.push_back(asking(at.socket, request_for("text")));
      CHECK(has_answer(slow.back()));
    }
    CHECK(code_of(ask_running(at.socket, request_for("good"))) == "overloaded");
    control_request other;
    other.what = command::tools;
    CHECK(code_of(ask_running(at.socket, other)) == "overloaded");
    other.what = command::status;
    CHECK(works(at.socket, other));
    for (auto& x : slow)
      read_all_of(x);
    THEN("calls are served again when they were read") {
      CHECK(works(at.socket, request_for("good")));
    }
  });
}

SCENARIO("answers that wait to be made count as unread", "[control]") {
  held_up at{one_megabyte_of_answers()};
  at.world.text_bytes = 2 << 20;
  std::promise<void> waits;
  at.world.on_text = [&] { waits.set_value(); };
  at.world.serve([&] {
    at.begin();
    auto large = asking(at.at.socket, request_for("text"));
    CHECK(waits.get_future().wait_for(20s) == std::future_status::ready);
    auto said = ask_running(at.at.socket, request_for("good"));
    CHECK(code_of(said) == "overloaded");
    WHEN("its client goes away") {
      large.fd = unique_fd{};
      control_request look;
      CHECK(works(at.at.socket, look));
      THEN("the answer still counts") {
        said = ask_running(at.at.socket, request_for("good"));
        CHECK(code_of(said) == "overloaded");
      }
    }
    THEN("calls are served again when it was made and read") {
      at.go_on();
      CHECK(read_all_of(large).size() > 2 << 20);
      CHECK(works(at.at.socket, request_for("good")));
    }
    at.go_on();
  });
}

// Covers tools/troupe/control_server.hpp, tools/troupe/control_slots.hpp,
// tools/troupe/control_client.hpp, tools/troupe/side_thread.hpp,
// tools/troupe/limits.hpp.
// Many clients at the control socket: which are served, and which are dropped.

#include "troupe/tests/tools/troupe/control_fixture.hpp"
#include "troupe/tools/troupe/limits.hpp"

#include <future>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::cli;
using namespace troupe::test;

namespace {

control_request call_of(const std::string& server, const std::string& tool) {
  auto result = request_for(tool);
  result.server = server;
  return result;
}

} // namespace

SCENARIO("calls to a server that hangs shut out no others", "[control]") {
  crowded at;
  std::promise<void> all_there;
  std::promise<void> first_gone;
  auto calls = 0;
  echo_server world{at.listening.value.fd()};
  world.on_never = [&] {
    if (++calls == 32)
      all_there.set_value();
  };
  world.on_given_up = [&] {
    if (world.given_up == 1)
      first_gone.set_value();
  };
  world.serve([&] {
    std::vector<connected> hanging;
    for (int i = 0; i < 32; ++i)
      hanging.push_back(asking(at.socket, call_of("hung", "never")));
    all_there.get_future().wait_for(20s);
    auto one_more = ask_running(at.socket, call_of("hung", "good"));
    CHECK(code_of(one_more) == "overloaded");
    THEN("looks, errands, and calls to others are served") {
      control_request look;
      look.what = command::status;
      CHECK(works(at.socket, look));
      look.what = command::list;
      CHECK(works(at.socket, look));
      control_request end;
      end.what = command::close;
      end.server = "hung";
      CHECK(works(at.socket, end));
      CHECK(works(at.socket, call_of("other", "good")));
    }
    WHEN("one of them is given up") {
      hanging.front().fd = unique_fd{};
      first_gone.get_future().wait_for(20s);
      THEN("its slot serves the next call") {
        CHECK(works(at.socket, call_of("hung", "good")));
      }
    }
  });
}

SCENARIO("half requests shut out no whole ones", "[control]") {
  crowded at;
  echo_server world{at.listening.value.fd()};
  world.serve([&] {
    std::vector<connected> halting;
    for (int i = 0; i < 40; ++i) {
      halting.push_back(connect_to(at.socket));
      CHECK(::send(halting.back().fd.get(), "{\"troupe", 8, MSG_NOSIGNAL) == 8);
    }
    CHECK(works(at.socket, request_for("good")));
    THEN("the oldest was dropped for others, and the newest was not") {
      CHECK(has_answer(halting.front()));
      char byte = 0;
      CHECK(::recv(halting.front().fd.get(), &byte, 1, 0) <= 0);
      CHECK(::recv(halting.back().fd.get(), &byte, 1, MSG_DONTWAIT) < 0);
      CHECK(errno == EAGAIN);
    }
  });
}

SCENARIO("a burst of whole requests loses none", "[control]") {
  check_burst(request_for("good"));
}

SCENARIO("answers that are not read are held up to a limit", "[control]") {
  crowded at;
  constexpr size_t size = 4 << 20;
  slot_limits most;
  most.unread_bytes = 3 * size;
  most.idle_timeout = 0ms;
  echo_server world{at.listening.value.fd(), most};
  world.on_large = [] {
    return outcome{0, json::from_string(std::string(size, 'x'))};
  };
  world.serve([&] {
    std::vector<connected> idle;
    for (int i = 0; i < 4; ++i) {
      idle.push_back(asking(at.socket, request_for("large")));
      CHECK(has_answer(idle.back()));
    }
    THEN("who reads gets all of it, and who did not read longest is dropped") {
      auto said = ask_running(at.socket, request_for("large"));
      CHECK(said.error.empty());
      CHECK(said.value.value.text().size() == size + 2);
      CHECK(read_all_of(idle.front()).size() < size);
      CHECK(read_all_of(idle.back()).size() > size);
    }
  });
}

SCENARIO("a client that reads nothing is dropped after a moment", "[control]") {
  crowded at;
  constexpr size_t size = 1 << 20;
  slot_limits most;
  most.unread_bytes = size;
  echo_server world{at.listening.value.fd(), most};
  world.on_large = [] {
    return outcome{0, json::from_string(std::string(size, 'x'))};
  };
  world.serve([&] {
    auto first = asking(at.socket, request_for("large"));
    CHECK(has_answer(first));
    auto second = asking(at.socket, request_for("large"));
    THEN("no other client has to come for that") {
      pollfd ended{first.fd.get(), 0, 0};
      CHECK(::poll(&ended, 1, 20'000) == 1);
      CHECK(read_all_of(second).size() > size);
    }
  });
}

SCENARIO("a large answer is made beside the loop", "[control]") {
  crowded at;
  echo_server world{at.listening.value.fd()};
  std::promise<void> go_on;
  auto may_go_on = go_on.get_future();
  std::thread::id maker;
  world.on_large = [&] {
    maker = std::this_thread::get_id();
    may_go_on.wait_for(20s);
    return outcome{0, json::from_string("made")};
  };
  auto loop = std::this_thread::get_id();
  world.serve([&] {
    auto waiting = asking(at.socket, request_for("large"));
    THEN("others are answered while it is made") {
      CHECK(works(at.socket, request_for("good")));
      go_on.set_value();
      auto said = parse_answer(read_all_of(waiting));
      CHECK(said.value.value.as_string() == "made");
      CHECK(maker != loop);
    }
  });
}

SCENARIO("what fails while an answer is made is told", "[control]") {
  crowded at;
  echo_server world{at.listening.value.fd()};
  world.on_large = []() -> outcome { throw std::bad_alloc{}; };
  world.serve([&] {
    CHECK(code_of(ask_running(at.socket, request_for("large")))
          == "internal_error");
  });
}

SCENARIO("a large request is answered like any other", "[control]") {
  crowded at;
  echo_server world{at.listening.value.fd()};
  auto request = request_for("good");
  std::string text(5 << 20, 'y');
  json_writer out;
  out.begin_object().member("k", std::string_view{text}).end_object();
  request.arguments = out.finish();
  world.serve([&] {
    auto said = ask_running(at.socket, request);
    CHECK(said.error.empty());
    CHECK(said.value.value.find("arguments") == request.arguments);
  });
}

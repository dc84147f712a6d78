// Covers actors/session/session.hpp, actors/session/open_lists.hpp,
// actors/session/offer_pages.hpp, actors/session/frame_text.hpp,
// actors/session/progress.hpp, actors/session/pending_requests.hpp,
// actors/session/remarks.hpp, actors/session/inbound_traffic.hpp.

#include "troupe/actors/session/session.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr request_times times{60s, 600s};

struct session_fixture {
  session_options options;
  session_events out;
  session::time_point now = session::time_point{} + 1h;
  std::optional<session> made;

  session& make_ready(std::string_view capabilities = R"({"tools":{}})") {
    options.dialect = dialect_choice::modern;
    auto& result = made.emplace(options);
    result.start(now, out);
    hear(result, R"({"jsonrpc":"2.0","id":1,"result":{"supportedVersions":)"
                 R"(["2026-07-28"],"capabilities":)"
                   + std::string{capabilities} + "}}");
    REQUIRE(result.state() == session::stage::ready);
    out.clear();
    return result;
  }

  void hear(session& x, std::string frame) {
    std::vector<std::string> frames;
    frames.push_back(std::move(frame));
    x.on_frames(std::move(frames), now, out);
  }

  /// The only event, which must be of this kind.
  template <class T>
  T only() {
    REQUIRE(out.size() == 1);
    REQUIRE(std::holds_alternative<T>(out[0]));
    auto result = std::move(std::get<T>(out[0]));
    out.clear();
    return result;
  }
};

const tool_list& tools_of(const session_event& x) {
  return std::get<tool_list>(std::get<list_ended>(x).list.value);
}

std::string page_of(uint64_t id, size_t first, size_t items,
                    std::string_view cursor) {
  auto text = R"({"jsonrpc":"2.0","id":)" + std::to_string(id)
              + R"(,"result":{"tools":[)";
  for (size_t i = 0; i < items; ++i) {
    text += i == 0 ? R"({"name":"t)" : R"(,{"name":"t)";
    text += std::to_string(first + i) + R"(","inputSchema":{}})";
  }
  text += "]";
  if (!cursor.empty())
    text += R"(,"nextCursor":")" + std::string{cursor} + '"';
  return text + "}}";
}

} // namespace

SCENARIO_METHOD(session_fixture, "R2: a list of tools is bounded",
                "[session]") {
  GIVEN("a server whose list of tools has no end") {
    auto& testee = make_ready();
    auto ticket = testee.list(offer_kind::tools, now, out);
    auto next_id = ticket;
    auto pages = [&](size_t items) {
      size_t n = 0;
      while (out.size() == 1 && std::get_if<send_frame>(&out[0])) {
        out.clear();
        hear(testee,
             page_of(next_id++, n * items, items, "c" + std::to_string(n)));
        ++n;
      }
      return n;
    };
    WHEN("each page has one tool") {
      auto n = pages(1);
      THEN("the list is cut after so many pages, and says so") {
        CHECK(n == defaults::list_pages_max);
        REQUIRE(out.size() == 2);
        REQUIRE(std::get<list_ended>(out[1]).list.ok());
        auto& list = tools_of(out[1]);
        CHECK(list.tools.size() == defaults::list_pages_max);
        CHECK(list.cut == "the list of tools was cut after 100 pages");
        CHECK(list.rejected.empty());
      }
    }
    WHEN("each page has 400 tools") {
      auto n = pages(400);
      THEN("the list is cut after so many items, and says so") {
        CHECK(n == 26);
        REQUIRE(out.size() == 2);
        REQUIRE(std::get<list_ended>(out[1]).list.ok());
        auto& list = tools_of(out[1]);
        CHECK(list.tools.size() == defaults::list_items_max);
        CHECK(list.cut == "the list of tools was cut after 10000 items");
      }
    }
    WHEN("a cursor is longer than any server needs") {
      out.clear();
      hear(testee, page_of(ticket, 0, 1,
                           std::string(defaults::cursor_bytes_max + 1, 'x')));
      THEN("the list ends there") {
        REQUIRE(out.size() == 2);
        auto& list = tools_of(out[1]);
        CHECK(list.tools.size() == 1);
        CHECK(list.cut == "the cursor of the next page of tools is too long");
      }
    }
  }
}

SCENARIO_METHOD(session_fixture, "a frame is one line", "[session]") {
  GIVEN("a call whose arguments and metadata were written on several lines") {
    auto& testee = make_ready();
    call_tool what;
    what.name = "two\nlines";
    what.arguments =
      json::parse("{\n  \"a\": \"b\\nc\",\r\n  \"d\": [\n1]}").value;
    what.meta = json::parse("{\"m\":\n{\n}}").value;
    WHEN("it is sent") {
      testee.call_tool(what, times, now, out);
      THEN("the frame has no line end, and means the same") {
        auto frame = only<send_frame>().frame;
        CHECK(frame.find_first_of("\r\n") == frame.npos);
        auto params = json::parse(frame).value.find("params").value();
        CHECK(params.find("name")->as_string() == "two\nlines");
        auto arguments = params.find("arguments").value();
        CHECK(arguments.find("a")->as_string() == "b\nc");
        CHECK(arguments.find("d")->items().size() == 1);
        CHECK(params.find("_meta")->find("m")->is_object());
      }
    }
    WHEN("such params go with another request") {
      testee.request("prompts/get", json::parse("{\n\t\n}").value, {}, times,
                     now, out);
      THEN("the frame is valid JSON on one line") {
        auto frame = only<send_frame>().frame;
        CHECK(frame.find_first_of("\r\n") == frame.npos);
        CHECK(json::parse(frame).ok());
      }
    }
  }
}

SCENARIO_METHOD(session_fixture,
                "S43: progress reaches only requests that want it, in bounds",
                "[session]") {
  GIVEN("a request that wants progress and one that does not") {
    auto& testee = make_ready();
    session::request_options wanting;
    wanting.wants_progress = true;
    auto first = testee.request("x", {}, wanting, times, now, out);
    auto second = testee.request("y", {}, {}, times, now, out);
    out.clear();
    WHEN("the server reports on both, at length") {
      std::string text(defaults::remark_bytes_max - 1, 'x');
      for (auto id : {first, second})
        hear(testee, R"({"jsonrpc":"2.0","method":"notifications/progress",)"
                     R"("params":{"progressToken":)"
                       + std::to_string(id) + R"(,"progress":0,"message":")"
                       + text + "\xc3\xa4\"}}");
      THEN("one is told, and its text is cut between two characters") {
        auto event = only<request_progressed>();
        CHECK(event.ticket == first);
        CHECK(event.message == text + "\u2026");
      }
    }
  }
}

SCENARIO_METHOD(session_fixture, "U1: what has ended leaves nothing behind",
                "[session]") {
  GIVEN("10,000 calls that were answered, given up or forgotten in turn") {
    auto& testee = make_ready();
    for (int i = 0; i < 10'000; ++i) {
      auto ticket = testee.call_tool({"t", {}, 1, {}, {}, {}}, times, now, out);
      now += 1s;
      if (i % 3 == 0)
        hear(testee, R"({"jsonrpc":"2.0","id":)" + std::to_string(ticket)
                       + R"(,"result":{}})");
      else if (i % 3 == 1)
        testee.abandon(ticket, "enough", out);
      else
        testee.forget(ticket);
      out.clear();
    }
    THEN("none is in flight, and there is nothing to wake up for") {
      CHECK(testee.in_flight() == 0);
      CHECK(!testee.next_deadline());
      CHECK(testee.close().empty());
    }
  }
}

SCENARIO_METHOD(session_fixture,
                "T2: what a server says before it is asked is reported if it "
                "is noise, and else has no effect",
                "[session]") {
  session x{options};
  hear(x, "Welcome!");
  auto told = only<session_remark>();
  CHECK(told.what == diagnostic::kind::stdout_noise);
  CHECK(told.text.find("Welcome!") != std::string::npos);
  hear(x, R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  hear(x, R"({"jsonrpc":"2.0","id":1,"result":{}})");
  CHECK(out.empty());
  CHECK(x.counts().noise_lines == 1);
  CHECK(x.state() == session::stage::fresh);
}

SCENARIO_METHOD(session_fixture,
                "a server that floods its log does not flood ours",
                "[session]") {
  auto& testee = make_ready();
  auto logs = [&](size_t n) {
    out.clear();
    for (size_t i = 0; i < n; ++i)
      hear(testee, R"({"jsonrpc":"2.0","method":"notifications/message",)"
                   R"("params":{"level":"info","data":"x"}})");
    return out.size();
  };
  CHECK(logs(1000) == defaults::stderr_lines_per_second);
  now += 999ms;
  CHECK(logs(1) == 0);
  now += 1ms;
  REQUIRE(logs(1) == 2);
  CHECK(std::get<session_remark>(out[0]).text
        == "(981 messages were not shown)");
}

SCENARIO_METHOD(session_fixture,
                "a session says what came that answers no open request",
                "[session]") {
  auto& testee = make_ready();
  testee.take_unsolicited();
  auto unsolicited = [&](std::string frame) {
    hear(testee, std::move(frame));
    return testee.take_unsolicited();
  };
  auto id = std::to_string(testee.call_tool({"a", {}}, times, now, out));
  auto answer = R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":{}})";
  GIVEN("an answer to an open request") {
    CHECK(unsolicited(answer).frames == 0);
    AND_GIVEN("a second answer to that request") {
      auto x = unsolicited(answer);
      CHECK(x.frames == 1);
      CHECK(x.bytes == answer.size());
    }
  }
  GIVEN("one that cannot be read") {
    auto x = unsolicited(R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":1})");
    CHECK(x.frames == 0);
    CHECK(x.bytes == 0);
  }
  GIVEN("frames that answer no request") {
    std::string frame =
      GENERATE(R"({"jsonrpc":"2.0","method":"notifications/message"})",
               R"({"jsonrpc":"2.0","id":"s","method":"ping"})", "noise", " ",
               R"({"jsonrpc":"2.0","id":99,"error":1})");
    auto x = unsolicited(frame);
    CHECK(x.frames == 1);
    CHECK(x.bytes == frame.size());
    CHECK(testee.take_unsolicited().frames == 0);
  }
  GIVEN("progress of an open request") {
    CHECK(unsolicited(R"({"jsonrpc":"2.0","method":"notifications/progress",)"
                      R"("params":{"progressToken":)"
                      + id + R"(,"progress":1}})")
            .frames
          == 1);
  }
}

SCENARIO_METHOD(session_fixture,
                "a ping's answer was asked for, and so is each of a batch",
                "[session]") {
  options.dialect = dialect_choice::legacy;
  session testee{options};
  testee.start(now, out);
  hear(testee, R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":)"
               R"("2025-03-26","capabilities":{}}})");
  CHECK(testee.take_unsolicited().frames == 0);
  hear(testee, R"([{"jsonrpc":"2.0","method":"n"},5])");
  CHECK(testee.take_unsolicited().frames == 2);
  now += 30s;
  testee.on_time(now, out);
  hear(testee, R"([{"jsonrpc":"2.0","method":"n"},)"
               R"({"jsonrpc":"2.0","id":2,"result":{}}])");
  auto x = testee.take_unsolicited();
  CHECK(x.frames == 1);
  CHECK(x.bytes == 0);
}

SCENARIO_METHOD(session_fixture,
                "over HTTP the transport knows when a request is given up",
                "[session]") {
  options.wire = wire_kind::streamable_http;
  auto& testee = make_ready();
  auto deadline = [&] {
    auto order = std::get<send_frame>(out.back()).order;
    out.clear();
    return order->deadline;
  };
  testee.call_tool({"a", {}}, times, now, out);
  CHECK(deadline() == now + times.total);
  testee.list(offer_kind::tools, now, out);
  CHECK(deadline() == now + defaults::list_timeout);
  THEN("a notification has no deadline") {
    options.dialect = dialect_choice::legacy;
    session legacy{options};
    legacy.start(now, out);
    hear(legacy, R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":)"
                 R"("2025-11-25","capabilities":{}}})");
    CHECK_FALSE(deadline());
  }
}

SCENARIO_METHOD(session_fixture,
                "over HTTP a session that was closed before it was ready says "
                "nothing more",
                "[session]") {
  options.dialect = dialect_choice::legacy;
  options.wire = wire_kind::streamable_http;
  session testee{options};
  auto news = [&](uint64_t id, bool ended) {
    exchange_news x;
    x.id = id;
    x.ended = ended;
    x.status = ended ? 202 : 0;
    return x;
  };
  testee.start(now, out);
  hear(testee, R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":)"
               R"("2025-11-25","capabilities":{}}})");
  testee.on_exchange(news(2, true), now, out);
  REQUIRE(std::get<send_frame>(out.back()).order->id == 3);
  CHECK(testee.state() == session::stage::initializing);
  testee.close();
  out.clear();
  WHEN("its server's own stream stands") {
    testee.on_exchange(news(3, false), now, out);
    THEN("it is not established any more") {
      CHECK(out.empty());
    }
  }
}

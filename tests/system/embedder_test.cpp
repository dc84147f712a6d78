// Covers transports/guarded.hpp, transports/io/callback_pool.hpp,
// transports/pipe/callbacks.cpp, transports/http/credential_call.hpp,
// actors/supervision/transport_kinds.hpp, actors/runtime.hpp.
// Code of the embedder's inside of a runtime may throw, block, and never
// return. The servers that it belongs to suffer, and no others.

#include "troupe/actors/runtime.hpp"
#include "troupe/messages/json/rpc.hpp"
#include "troupe/tests/support/http_server.hpp"
#include "troupe/transports/pipe/transport.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A legacy server: what it answers to a frame; empty: nothing.
std::string answer_to(std::string frame) {
  auto parsed = json_rpc::parse(std::move(frame));
  for (auto& x : parsed.messages) {
    auto request = std::get_if<json_rpc::request>(&x);
    if (!request)
      continue;
    if (request->method == "initialize")
      return json_rpc::format_result(
        request->id,
        json::trusted(R"({"protocolVersion":"2025-11-25","capabilities":)"
                      R"({"tools":{}},"serverInfo":{"name":"inner",)"
                      R"("version":"1"}})"));
    if (request->method == "tools/call")
      return json_rpc::format_result(
        request->id,
        json::trusted(R"({"content":[{"type":"text","text":"hello"}]})"));
    return json_rpc::format_error(request->id, json_rpc::method_not_found,
                                  "unknown method");
  }
  return {};
}

void serve(const pipe_connection& to, std::string frame) {
  if (auto text = answer_to(std::move(frame)); !text.empty())
    to.send(std::move(text));
}

server_spec inner_spec(const std::string& name, const std::string& pipe) {
  server_spec x;
  x.name = name;
  x.transport = "pipe";
  x.command = pipe;
  x.dialect = dialect_choice::legacy;
  x.restart.backoff_first = 20ms;
  x.restart.backoff_factor = 1;
  x.restart.intensity = 1000;
  return x;
}

live_world::edit_options with_pipe(std::shared_ptr<pipe_server> pipe) {
  return [pipe](runtime_options& x) {
    x.pipes["inner"] = pipe;
    x.pipes["good"] = std::make_shared<pipe_server>(serve);
  };
}

/// A gate that opens at the latest when this object goes.
class gate_for_callbacks {
public:
  ~gate_for_callbacks() {
    open();
  }
  /// Says that a callback has come, and waits.
  void pass() {
    if (!told_.exchange(true))
      here_.set_value();
    opened_.wait();
  }
  void wait_here() {
    if (here_.get_future().wait_for(patience) != std::future_status::ready)
      throw std::runtime_error("no callback came");
  }
  void open() {
    if (!std::exchange(is_open_, true))
      gate_.set_value();
  }

private:
  std::promise<void> here_;
  std::promise<void> gate_;
  std::shared_future<void> opened_ = gate_.get_future().share();
  std::atomic<bool> told_{false};
  bool is_open_ = false;
};

} // namespace

SCENARIO("an in-process server that throws is started again", "[system]") {
  auto frames = std::make_shared<std::atomic<int>>(0);
  auto pipe = std::make_shared<pipe_server>([frames](auto& to, auto frame) {
    if ((*frames)++ == 0)
      throw std::runtime_error("sorry");
    serve(to, std::move(frame));
  });
  live_world w{gate::raised, with_pipe(pipe)};
  w.open(inner_spec("a", "inner"));
  CHECK(w.await("a", phase::backoff).why == errc::internal_error);
  w.await("a", phase::ready, 2);
  CHECK(w.echoes("a"));
  auto told = w.await_remark("a", diagnostic::kind::embedder_fault, "sorry");
  CHECK(told.text
        == "the in-process server's on_frame threw std::runtime_error: sorry");
}

SCENARIO("a server is told the embedder's name and version", "[system]") {
  auto opening = std::make_shared<std::promise<std::string>>();
  auto pipe = std::make_shared<pipe_server>([opening](auto& to, auto frame) {
    if (frame.find("clientInfo") != frame.npos)
      opening->set_value(frame);
    serve(to, std::move(frame));
  });
  live_world w{gate::raised, [pipe](runtime_options& x) {
                 x.client = {"editor", "", "2.1"};
                 x.pipes["inner"] = pipe;
               }};
  w.open_ready(inner_spec("a", "inner"));
  CHECK(opening->get_future().get().find(
          R"("clientInfo":{"name":"editor","version":"2.1"})")
        != std::string::npos);
}

SCENARIO("an in-process server that does not return delays no other server",
         "[system]") {
  auto shut = std::make_shared<gate_for_callbacks>();
  auto pipe = std::make_shared<pipe_server>([shut](auto& to, auto frame) {
    if (frame.find("tools/call") != frame.npos)
      shut->pass();
    serve(to, std::move(frame));
  });
  live_world w{gate::raised, with_pipe(pipe)};
  w.open_ready(inner_spec("a", "inner"));
  w.open_ready(inner_spec("b", "good"));
  auto call = w.start_call("a", tool_call("echo", R"({"text":"x"})"));
  shut->wait_here();
  THEN("its client answers meanwhile, and so do others") {
    CHECK(w.status("a").in_flight == 1);
    CHECK(w.echoes("b"));
    CHECK(call.open());
    AND_WHEN("it returns") {
      shut->open();
      CHECK(call->ok());
    }
  }
  THEN("its client is closed, with the proof, and everything stops") {
    CHECK(w.close("a").ok());
    CHECK(call->error.code == errc::closed);
    CHECK(w.stop_all().clean);
  }
  shut->open();
}

SCENARIO("two specs on one in-process server both work", "[system]") {
  live_world w{gate::raised, with_pipe(std::make_shared<pipe_server>(serve))};
  w.open_ready(inner_spec("a", "inner"));
  w.open_ready(inner_spec("b", "inner"));
  for (auto i = 0; i < 3; ++i) {
    CHECK(w.echoes("a"));
    CHECK(w.echoes("b"));
  }
  CHECK(w.close("a").ok());
  CHECK(w.echoes("b"));
}

SCENARIO("credentials that throw are the failure of their server alone",
         "[system][http]") {
  live_world w{gate::raised, [](runtime_options& x) {
                 x.pipes["good"] = std::make_shared<pipe_server>(serve);
                 x.credentials = [](auto&) -> credential_source_ptr {
                   throw std::runtime_error("sentinel");
                 };
               }};
  http_server remote;
  w.open(remote.spec(w, "a"));
  auto lost = w.await("a", phase::backoff);
  CHECK(lost.why == errc::internal_error);
  CHECK(lost.text.find("runtime_options::credentials threw std::runtime_error")
        != std::string::npos);
  CHECK(lost.text.find("sentinel") == std::string::npos);
  w.await_remark("a", diagnostic::kind::embedder_fault, "credentials threw");
  w.open_ready(inner_spec("b", "good"));
  CHECK(w.echoes("b"));
}

SCENARIO("credentials that never come delay their server alone",
         "[system][http]") {
  auto shut = std::make_shared<gate_for_callbacks>();
  live_world w{gate::raised, [shut](runtime_options& x) {
                 x.pipes["good"] = std::make_shared<pipe_server>(serve);
                 x.credentials = [shut](auto& spec) -> credential_source_ptr {
                   if (spec.name == "a")
                     shut->pass();
                   return nullptr;
                 };
               }};
  http_server remote;
  w.open(remote.spec(w, "a"));
  shut->wait_here();
  w.open_ready(remote.spec(w, "b"));
  CHECK(w.echoes("b"));
  w.open_ready(inner_spec("c", "good"));
  CHECK(w.echoes("c"));
  CHECK(w.status("a").state == phase::handshaking);
  CHECK(w.stop_all().clean);
  shut->open();
}

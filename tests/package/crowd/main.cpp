// A program that embeds Troupe, and a bad day: twenty agents, plain actors of
// CAF's, ask three servers (a program, one over HTTP, one in this process) that
// are killed, hung up on, reloaded and closed all the time. Each ask must get
// exactly one answer, of its own, and nothing may be left.
//
//   crowd SERVER [SECONDS [SEED]]

#include "troupe/tests/package/crowd/agent.hpp"
#include "troupe/tests/package/crowd/trouble.hpp"
#include "troupe/transports/blocking_credentials.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <sys/prctl.h>
#include <sys/wait.h>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr int agents_max = 20;

// -- what the embedder brings -------------------------------------------------

json_literal result_of_method(const std::string& method, const json& params) {
  if (method == "initialize")
    return {{"protocolVersion", latest_legacy_version},
            {"capabilities", {{"tools", {}}}},
            {"serverInfo", {{"name", "inner"}, {"version", "1"}}}};
  if (method == "tools/list")
    return {{"tools", json_array(std::vector<json>{})}};
  auto args = params.find("arguments").value_or(json{});
  auto text = args.find("text").value_or(json::from_string("done"));
  json_literal content = {{"type", "text"}, {"text", text}};
  return {{"content", json_array({content})}};
}

void serve(const pipe_connection& to, std::string frame) {
  auto message = json::parse(std::move(frame)).value;
  auto id = message.find("id");
  if (!id)
    return;
  auto method = message.find("method").value_or(json{}).as_string();
  auto result = result_of_method(method.value_or(""),
                                 message.find("params").value_or(json{}));
  to.send(
    json_object({{"jsonrpc", "2.0"}, {"id", *id}, {"result", result}}).text());
}

class counted_source : public blocking_credential_source {
public:
  explicit counted_source(tally& all) : all_(all) {
    // nop
  }
  std::string authorization(std::string_view) override {
    ++all_.tokens;
    return "Bearer good";
  }
  void challenged(std::string_view, int, std::string_view) override {
    // nop
  }

private:
  tally& all_;
};

// There is no user to be asked.
caf::behavior refuse_questions(caf::event_based_actor*, tally* all) {
  using reply = answer<result_of<server_request>>;
  return {
    [all](const server_request&) -> reply {
      ++all->questions;
      return failure{errc::not_supported, fate::refused, "nobody is here"};
    },
    [](const server_request_cancelled&) {}};
}

runtime_options options_for(tally& all, std::shared_ptr<pipe_server> inner,
                            const caf::actor& handler) {
  runtime_options x;
  x.pipes["inner"] = std::move(inner);
  x.credentials = [&all](const server_spec&) {
    return std::make_shared<counted_source>(all);
  };
  x.on_event = [&all](const client_event&) { ++all.events; };
  x.handlers.otherwise.who = handler;
  x.handlers.otherwise.can.elicitation = true;
  // A day's starts in some seconds.
  x.starts.burst = x.starts.commanded_per_minute = 10'000;
  x.starts.per_minute = 100'000;
  x.starts.refill = 1ms;
  return x;
}

server_spec hasty(server_spec x) {
  x.restart.backoff_first = 20ms;
  x.restart.backoff_factor = 1;
  x.restart.intensity = 1000;
  x.timeouts.call_idle = x.timeouts.call_total = 5s;
  x.timeouts.drain = 200ms;
  return x;
}

// -- the day ------------------------------------------------------------------

struct day {
  std::string server;
  std::chrono::seconds length{20};
  uint64_t seed = 1;
};

/// False: an ask is still open.
bool run_agents(const day& plan, tally& all, runtime& mcp,
                std::vector<server_spec> specs,
                std::shared_ptr<pipe_server> inner, remote& far) {
  auto& system = mcp.system();
  std::vector<client_ref> servers;
  for (auto& x : specs)
    servers.push_back(mcp.open(x).value);
  std::vector<caf::actor> everybody;
  for (int i = 0; i < agents_max; ++i)
    everybody.push_back(
      system.spawn<agent>(std::ref(all), mcp.registry(), servers,
                          plan.seed * 1000 + static_cast<uint64_t>(i)));
  everybody.push_back(system.spawn<trouble, caf::detached>(
    std::ref(all), mcp.registry(), specs, inner, std::ref(far), plan.seed));
  // Nobody ends by itself: this is how long the day lasts.
  wait_until_down(system, everybody, plan.length);
  all.finishing = true;
  return wait_until_down(system, everybody, 60s);
}

/// What is wrong with the day; empty: nothing.
std::string verdict(const tally& all, bool all_ended, bool clean) {
  if (!all_ended || all.answered != all.asked)
    return "an ask was not answered";
  if (all.again > 0 || all.wrong > 0)
    return "an answer came twice, or to the wrong agent";
  if (!clean)
    return "the stop report is not clean";
  if (waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD)
    return "a child process is left";
  auto nothing_happened = all.succeeded == 0 || all.succeeded == all.asked
                          || all.steps == 0 || all.cancelled == 0
                          || all.questions == 0 || all.tokens == 0
                          || all.events == 0 || all.hurt == 0;
  return nothing_happened ? "the day was too quiet" : "";
}

void print(const tally& all) {
  auto line = [](const char* what, uint64_t n) {
    std::printf("%-12s %llu\n", what, static_cast<unsigned long long>(n));
  };
  line("asked", all.asked);
  line("answered", all.answered);
  line("succeeded", all.succeeded);
  line("again", all.again);
  line("wrong", all.wrong);
  line("progress", all.steps);
  line("cancelled", all.cancelled);
  line("questions", all.questions);
  line("tokens", all.tokens);
  line("events", all.events);
  line("hurt", all.hurt);
}

int spend(const day& plan) {
  tally all;
  bool all_ended = false, clean = false;
  {
    remote far{plan.server};
    auto inner = std::make_shared<pipe_server>(serve);
    troupe::config config;
    caf::actor_system system{config};
    auto handler = system.spawn(refuse_questions, &all);
    runtime mcp{system, options_for(all, inner, handler)};
    auto within = pipe_server_spec("within", "inner");
    within.dialect = dialect_choice::legacy;
    std::vector<server_spec> specs{hasty(program_server("near", plan.server)),
                                   hasty(remote_server("far", far.url())),
                                   hasty(within)};
    all_ended = run_agents(plan, all, mcp, specs, inner, far);
    clean = mcp.stop().clean;
    caf::anon_send_exit(handler, caf::exit_reason::user_shutdown);
  }
  print(all);
  auto wrong = verdict(all, all_ended, clean);
  std::puts(wrong.empty() ? "nothing is left" : wrong.c_str());
  return wrong.empty() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2)
    return 2;
  // What any of them leaves behind becomes a child of this program.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  day plan{argv[1]};
  if (argc > 2)
    plan.length = std::chrono::seconds{std::atoi(argv[2])};
  if (argc > 3)
    plan.seed = std::strtoull(argv[3], nullptr, 10);
  std::printf("seed         %llu\n",
              static_cast<unsigned long long>(plan.seed));
  return spend(plan);
}

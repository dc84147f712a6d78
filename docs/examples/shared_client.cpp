// Several agents share one server: one reads, one shows the progress of its
// call, and one cancels its call. Each hears of its own calls only, although
// all of them chose the same tag.
//
//   shared_client SERVER

#include <troupe/troupe.hpp>

#include <iostream>
#include <sstream>

using namespace troupe;

// One line at a time, whatever thread an agent runs on.
static void say(const std::string& name, const std::string& what) {
  std::cout << (name + ": " + what + '\n') << std::flush;
}

static void tell_result(const std::string& name,
                        const answer<call_tool_result>& x) {
  say(name, x.ok() ? x.value.text() : std::string{to_string(x.error.code)});
}

constexpr uint64_t tag = 1;

static caf::behavior reader(caf::event_based_actor* self,
                            client_handle server) {
  ask(self, server, call_tool{"echo", {{"text", "hello"}}})
    .then([](answer<call_tool_result> x) { tell_result("reader", x); });
  return {}; // ends with the last answer that it waits for
}

// `call_progress` comes as a message, with the tag of the call that it is of.
static caf::behavior watcher(caf::event_based_actor* self,
                             client_handle server) {
  call_tool call{"progress", {{"steps", 3}, {"ms", 20}}};
  call.tag = tag;
  ask(self, server, call).then([self](answer<call_tool_result> x) {
    tell_result("watcher", x);
    self->quit();
  });
  return {[](const call_progress& x) {
    std::ostringstream text;
    text << x.progress << " of " << x.total;
    say("watcher", text.str());
  }};
}

// Cancels after the first step. The server is told; the answer comes at once.
static caf::behavior impatient(caf::event_based_actor* self,
                               client_handle server) {
  call_tool call{"progress", {{"steps", 100'000}, {"ms", 20}}};
  call.tag = tag;
  ask(self, server, call).then([self](answer<call_tool_result> x) {
    tell_result("impatient", x);
    self->quit();
  });
  return {[self, server](const call_progress& x) {
    tell(self, server, cancel_call{x.tag});
  }};
}

int main(int argc, char** argv) {
  if (argc < 2)
    return 2;
  troupe::config config;
  caf::actor_system system{config};
  runtime mcp{system};
  auto opened = mcp.open(program_server("demo", argv[1]));
  if (!opened.ok()) {
    std::cout << opened.error.text << '\n';
    return 1;
  }
  auto server = opened.value.handle;
  caf::scoped_actor self{system};
  self->wait_for(system.spawn(reader, server), system.spawn(watcher, server),
                 system.spawn(impatient, server));

  auto status = mcp.ask(server, get_status{});
  std::cout << "calls: " << status.value.calls_total
            << ", in flight: " << status.value.in_flight << '\n';
  auto clean = mcp.stop().clean;
  std::cout << (clean ? "nothing is left\n" : "something is left\n");
  return clean ? 0 : 1;
}

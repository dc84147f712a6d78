// A program whose runtime is a static object, and which calls `exit` while a
// server runs, after it has spawned an actor on the same thread.

#include "troupe/actors/troupe.hpp"

#include <cstdlib>
#include <memory>

class idle_agent : public caf::event_based_actor {
public:
  using event_based_actor::event_based_actor;

  caf::behavior make_behavior() override {
    return {}; // so it ends at once
  }
};

static std::unique_ptr<troupe::standalone_runtime> mcp;

int main(int, char** argv) {
  troupe::runtime_options options;
  options.warden = argv[1];
  mcp = std::make_unique<troupe::standalone_runtime>(std::move(options));
  auto opened = mcp->open(troupe::program_server("demo", argv[2]));
  auto called = mcp->ask(opened.value.handle,
                         troupe::call_tool{"echo", {{"text", "hello"}}});
  mcp->system().spawn<idle_agent>();
  std::exit(called.ok() ? 0 : 1);
}

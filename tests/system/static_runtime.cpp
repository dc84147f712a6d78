// A program whose runtime is a static object, and which calls `exit` while a
// server runs.

#include "troupe/actors/troupe.hpp"

#include <cstdlib>
#include <memory>

static std::unique_ptr<troupe::standalone_runtime> mcp;

int main(int, char** argv) {
  troupe::runtime_options options;
  options.warden = argv[1];
  mcp = std::make_unique<troupe::standalone_runtime>(std::move(options));
  auto opened = mcp->open(troupe::program_server("demo", argv[2]));
  auto called = mcp->ask(opened.value.handle,
                         troupe::call_tool{"echo", {{"text", "hello"}}});
  std::exit(called.ok() ? 0 : 1);
}

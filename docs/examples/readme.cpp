#include <troupe/troupe.hpp>

#include <cstdio>

int main(int, char** argv) {
  using namespace troupe;
  standalone_runtime mcp; // the actors, the warden; stops all when it goes
  auto fail = [](const failure& why) { return std::puts(why.text.c_str()), 1; };

  auto opened = mcp.open(program_server("demo", argv[1])); // over stdio
  if (!opened.ok())
    return fail(opened.error);
  auto demo = opened.value.handle; // an actor: good through every restart
  auto result = mcp.ask(demo, call_tool{"echo", {{"text", "hello"}}});
  if (!result.ok())
    return fail(result.error);
  std::puts(result.value.text().c_str());
}

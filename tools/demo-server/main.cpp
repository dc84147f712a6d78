#include "tools/demo-server/http_loop.hpp"
#include "tools/demo-server/loop.hpp"
#include "tools/demo-server/processes.hpp"

int main(int argc, char** argv) {
  using namespace troupe::demo;
  auto line = read_command_line(argc, argv);
  if (line.exit_now)
    return *line.exit_now;
  common shared{line.value, start_helpers(line.value)};
  return line.value.http.port ? http_loop{shared}.run() : loop{shared}.run();
}

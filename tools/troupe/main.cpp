#include "tools/standard_output.hpp"
#include "tools/troupe/commands.hpp"
#include "tools/troupe/exit_status.hpp"
#include "tools/troupe/line_output.hpp"
#include "transports/fill_stdio.hpp"

#include <csignal>
#include <unistd.h>

using namespace troupe::cli;

static int dispatch(const options& x) {
  switch (x.what) {
    case command::run: return supervise(x);
    case command::doctor: return examine(x);
    default: return ask(x);
  }
}

int main(int argc, char** argv) {
  troupe::fill_stdio();
  // A reader that goes away is an error of a write, not our end.
  std::signal(SIGPIPE, SIG_IGN);
  auto line = read_command_line(argc, argv);
  if (!line.exit_now)
    return troupe::standard_output::finish(dispatch(line.value));
  troupe::standard_output::print(line.out);
  write_all(STDERR_FILENO, line.error);
  return troupe::standard_output::finish(*line.exit_now);
}

#include "troupe/tools/standard_output.hpp"
#include "troupe/tools/troupe/commands.hpp"
#include "troupe/tools/troupe/exit_status.hpp"
#include "troupe/tools/troupe/line_output.hpp"
#include "troupe/transports/io/fill_stdio.hpp"
#include "troupe/transports/io/os_error.hpp"

#include <csignal>
#include <exception>
#include <system_error>
#include <unistd.h>

using namespace troupe::cli;

static int dispatch(const options& x) {
  switch (x.what) {
    case command::run: return supervise(x);
    case command::doctor: return examine(x);
    default: return ask(x);
  }
}

/// Reports that threads, descriptors or memory have run out. What was begun has
/// been ended by then.
static int dispatch_or_say(const options& x) {
  try {
    return dispatch(x);
  } catch (const std::system_error& fault) {
    say_error("cannot go on: " + troupe::os_error_text(fault.code().value()));
  } catch (const std::exception& fault) {
    say_error(std::string{"cannot go on: "} + fault.what());
  }
  return exit_status::failed;
}

int main(int argc, char** argv) {
  troupe::fill_stdio();
  // A reader that goes away is a write error, and must not end the program.
  std::signal(SIGPIPE, SIG_IGN);
  auto line = read_command_line(argc, argv);
  if (!line.exit_now)
    return troupe::standard_output::finish(dispatch_or_say(line.value));
  troupe::standard_output::print(line.out);
  write_all(STDERR_FILENO, line.error);
  return troupe::standard_output::finish(*line.exit_now);
}

#include "tools/troupe/commands.hpp"
#include "tools/troupe/exit_status.hpp"
#include "tools/troupe/line_output.hpp"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

using namespace troupe::cli;

static int dispatch(const options& x) {
  switch (x.what) {
    case command::run: return supervise(x);
    case command::doctor: return examine(x);
    default: return ask(x);
  }
}

/// What we open must not take the place of a closed standard descriptor: our
/// words would go there.
static void fill_standard_descriptors() {
  int fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO)
    fd = open("/dev/null", O_RDWR);
  if (fd > STDERR_FILENO)
    close(fd);
}

int main(int argc, char** argv) {
  fill_standard_descriptors();
  // A reader that goes away is an error of a write, not our end.
  std::signal(SIGPIPE, SIG_IGN);
  auto line = read_command_line(argc, argv);
  if (!line.exit_now)
    return dispatch(line.value);
  write_all(STDOUT_FILENO, line.out);
  write_all(STDERR_FILENO, line.error);
  return *line.exit_now;
}

#include "troupe/tools/demo-server/http_loop.hpp"
#include "troupe/tools/demo-server/loop.hpp"
#include "troupe/tools/demo-server/processes.hpp"
#include "troupe/tools/standard_output.hpp"

#include <malloc.h>

namespace {

// Large answers follow each other: returning their memory to the kernel each
// time, and faulting it in again, would cost more than making them.
void keep_memory() {
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20); // glibc takes no more
  ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

} // namespace

int main(int argc, char** argv) {
  using namespace troupe::demo;
  keep_memory();
  auto line = read_command_line(argc, argv);
  if (line.exit_now)
    return troupe::standard_output::finish(*line.exit_now);
  common shared{line.value, start_helpers(line.value)};
  return line.value.http.port ? http_loop{shared}.run() : loop{shared}.run();
}

#include "troupe/tests/support/stdio_fixture.hpp"

#include <filesystem>
#include <future>
#include <malloc.h>
#include <stdlib.h>

namespace troupe {

using namespace std::chrono_literals;

process_request prepare_as_told(const server_spec& spec, stop_report&) {
  auto x = process_request{};
  x.path = spec.command;
  x.argv = spec.args;
  x.argv.insert(x.argv.begin(), spec.command);
  x.allow_setuid = spec.allow_setuid;
  x.cwd = spec.cwd;
  return x;
}

stdio_fixture::stdio_fixture() : host(TROUPE_TEST_WARDEN, prepare_as_told) {
  // nop
}

server_spec stdio_fixture::spec(std::string mode, size_t number) const {
  auto x = server_spec{};
  x.name = mode;
  x.command = TROUPE_TEST_PEER;
  x.args = {mode, std::to_string(number)};
  x.timeouts.stop_grace = 200ms;
  return x;
}

running_peer stdio_fixture::start(const server_spec& spec) {
  auto x =
    running_peer{host.make_transport(spec), std::make_shared<transport_log>()};
  x.transport->start(x.log->listener());
  return x;
}

running_peer stdio_fixture::start(std::string mode, size_t number) {
  return start(spec(std::move(mode), number));
}

void stdio_fixture::on_io(std::function<void()> f) {
  auto done = std::promise<void>{};
  host.io()->post([&] {
    f();
    done.set_value();
  });
  done.get_future().get();
}

size_t open_fds() {
  auto count = size_t{0};
  for ([[maybe_unused]] auto& x :
       std::filesystem::directory_iterator{"/proc/self/fd"})
    ++count;
  return count;
}

size_t heap_bytes() {
  auto x = mallinfo2();
  return x.uordblks + x.hblkhd;
}

} // namespace troupe

#include "troupe/tools/warden/self.hpp"
#include "troupe/tools/warden/warden.hpp"
#include "troupe/transports/guard/packet_socket.hpp"
#include "troupe/transports/guard/process_mark.hpp"
#include "troupe/transports/io/fill_stdio.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

/// Reads NAME=NUMBER; false where `text` is something else.
static bool read_option(std::string_view text, std::string_view name,
                        int& value) {
  if (!text.starts_with(name))
    return false;
  text.remove_prefix(name.size());
  auto end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && rest == end;
}

/// Started by the host, never by hand: --socket=FD and --host=PIDFD are
/// inherited descriptors; marks say which host started it.
int main(int argc, char** argv) {
  auto socket = -1;
  auto host = -1;
  for (int i = 1; i < argc; ++i)
    if (!read_option(argv[i], "--socket=", socket)
        && !read_option(argv[i], "--host=", host)
        && !troupe::is_mark(argv[i])) {
      std::fprintf(stderr, "warden: unknown argument\n");
      return 2;
    }
  if (fcntl(socket, F_GETFD) < 0 || fcntl(host, F_GETFD) < 0) {
    std::fprintf(stderr, "warden: this program is started by troupe\n");
    return 2;
  }
  // The host must not be our parent: it would keep a warden that ends after its
  // host's runtime as a zombie.
  auto pid = fork();
  if (pid < 0)
    troupe::guard_protocol::send(socket,
                                 troupe::guard_protocol::fork_failed{0, errno});
  if (pid != 0)
    _exit(pid < 0 ? 1 : 0);
  troupe::fill_stdio();
  troupe::guard::remember_title(argc, argv);
  troupe::guard::run_warden(socket, host);
}

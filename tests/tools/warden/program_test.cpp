// Covers tools/warden/main.cpp, tools/warden/self.hpp, tools/warden/warden.hpp,
// tools/warden/shim.hpp.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/transports/guard/packet_socket.hpp"
#include "troupe/transports/io/unique_fd.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

using namespace troupe;

namespace {

/// The warden's program, started by hand in whatever state.
struct bare_warden {
  /// `spoil` runs before the exec. The socket is descriptor 3, our pidfd 4.
  explicit bare_warden(const std::function<void()>& spoil,
                       std::vector<const char*> args = {"--socket=3",
                                                        "--host=4"});
  ~bare_warden() {
    ours.reset();
    CHECK(
      (pid == 0 || leaks::eventually([this] { return leaks::is_gone(pid); })));
  }

  /// Waits for its word.
  template <class Message>
  std::optional<Message> hear() {
    auto readable = pollfd{ours.get(), POLLIN, 0};
    guard_protocol::received packet;
    if (poll(&readable, 1, 20'000) != 1 || packet.receive(ours.get()) != 0)
      return std::nullopt;
    return guard_protocol::decode<Message>(packet.bytes());
  }
  /// Whether it comes up.
  bool greets() {
    auto x = hear<guard_protocol::hello>();
    pid = x ? x->pid : 0;
    return pid > 0;
  }

  unique_fd ours;
  pid_t pid = 0;
  int middle_status = 0;
};

bare_warden::bare_warden(const std::function<void()>& spoil,
                         std::vector<const char*> args) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    throw std::runtime_error("no socket pair");
  ours.reset(pair[0]);
  auto theirs = unique_fd{pair[1]};
  auto host = unique_fd{static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0))};
  args.insert(args.begin(), "warden");
  args.push_back(nullptr);
  auto middle = fork();
  if (middle == 0) {
    auto high = fcntl(theirs.get(), F_DUPFD, 100);
    dup2(fcntl(host.get(), F_DUPFD, 100), 4);
    dup2(high, 3);
    close(2);
    open("/dev/null", O_RDWR);
    spoil();
    execv(TROUPE_TEST_WARDEN, const_cast<char**>(args.data()));
    _exit(99);
  }
  waitpid(middle, &middle_status, 0);
}

/// Starts a server through it that ends by itself; the shim's death is told.
bool serves(bare_warden& x) {
  auto control = std::array<int, 2>{};
  socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control.data());
  auto null = unique_fd{open("/dev/null", O_RDWR | O_CLOEXEC)};
  // An empty launch: the shim says that it cannot be read, and ends.
  int fds[] = {control[1], null.get(), null.get(), null.get(), null.get()};
  guard_protocol::send(x.ours.get(), guard_protocol::spawn{7}, fds);
  close(control[1]);
  auto forked = x.hear<guard_protocol::forked>();
  auto ended = x.hear<guard_protocol::shim_ended>();
  close(control[0]);
  return forked && forked->id == 7 && ended && ended->orderly == 1;
}

} // namespace

SCENARIO("a warden comes up in every state that it may inherit",
         "[warden_program]") {
  GIVEN("a host that ignores and blocks every signal") {
    auto x = bare_warden{[] {
      for (int i = 1; i < NSIG; ++i)
        signal(i, SIG_IGN);
      sigset_t all;
      sigfillset(&all);
      sigprocmask(SIG_SETMASK, &all, nullptr);
    }};
    CHECK(x.greets());
    CHECK(serves(x));
  }
  GIVEN("no standard descriptors") {
    auto x = bare_warden{[] {
      for (int fd = 0; fd < 3; ++fd)
        close(fd);
    }};
    CHECK(x.greets());
    CHECK(serves(x));
    for (int fd = 0; fd < 3; ++fd)
      CHECK(leaks::open_files_of(x.pid).size() >= 3);
  }
  GIVEN("descriptors that were left open") {
    auto x = bare_warden{[] {
      for (int fd = 10; fd < 60; ++fd)
        dup2(0, fd);
    }};
    CHECK(x.greets());
    CHECK(serves(x));
  }
  GIVEN("no memory for a core, a small stack, a umask of nothing") {
    auto x = bare_warden{[] {
      umask(0777);
      auto small = rlimit{256u << 10, 256u << 10};
      setrlimit(RLIMIT_STACK, &small);
    }};
    CHECK(x.greets());
    CHECK(serves(x));
  }
}

SCENARIO("a warden that cannot come up says so, or ends", "[warden_program]") {
  GIVEN("a user who may have no more processes") {
    if (geteuid() != 0) {
      WARN("SKIPPED: to become another user needs root");
      return;
    }
    auto x = bare_warden{[] {
      auto one = rlimit{1, 1};
      setrlimit(RLIMIT_NPROC, &one);
      // No other process belongs to this user.
      auto user = static_cast<uid_t>(500'000 + getpid());
      if (setresuid(user, user, user) != 0)
        _exit(98);
    }};
    auto told = x.hear<guard_protocol::fork_failed>();
    REQUIRE(told);
    CHECK(told->error == EAGAIN);
    CHECK(WEXITSTATUS(x.middle_status) == 1);
  }
  GIVEN("arguments that are none of ours") {
    auto args = GENERATE(
      std::vector<const char*>{}, std::vector<const char*>{"--socket=3"},
      std::vector<const char*>{"--socket=3", "--host=77"},
      std::vector<const char*>{"--socket=77", "--host=4"},
      std::vector<const char*>{"--socket=3", "--host=4", "--more"},
      std::vector<const char*>{"--socket=3x", "--host=4"});
    auto x = bare_warden{[] {}, args};
    CHECK(WEXITSTATUS(x.middle_status) == 2);
  }
}

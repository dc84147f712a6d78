// Covers transports/io/os_error.hpp, transports/io/loop.hpp,
// transports/guard/warden_link.hpp, transports/guard/warden_start.hpp,
// transports/guard/process_mark.hpp, tools/warden/warden.hpp.

#include "troupe/tests/support/guard_fixture.hpp"
#include "troupe/transports/guard/process_mark.hpp"
#include "troupe/transports/io/loop.hpp"
#include "troupe/transports/io/os_error.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <catch2/catch.hpp>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <unistd.h>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

/// So many descriptors may be opened besides those that are open.
class few_descriptors {
public:
  explicit few_descriptors(size_t more) {
    getrlimit(RLIMIT_NOFILE, &before_);
    // The limit is one of numbers: fill the gaps.
    auto open = leaks::fds_of(getpid());
    while (true) {
      auto fd = dup(2);
      fillers_.push_back(fd);
      if (static_cast<size_t>(fd) >= open + fillers_.size() - 2)
        break;
    }
    auto now = before_;
    now.rlim_cur = static_cast<rlim_t>(fillers_.back()) + 1 + more;
    setrlimit(RLIMIT_NOFILE, &now);
  }
  ~few_descriptors() {
    setrlimit(RLIMIT_NOFILE, &before_);
    for (auto fd : fillers_)
      close(fd);
  }

private:
  rlimit before_;
  std::vector<int> fillers_;
};

void check_scarce(const stop_report& x) {
  INFO(x.text);
  CHECK(x.why == errc::spawn_failed);
  CHECK(x.start_errno == EMFILE);
  CHECK(x.text.find("(ulimit -n)") != std::string::npos);
}

} // namespace

SCENARIO("a start without a free descriptor names the limit", "[scarcity]") {
  auto with_warden = GENERATE(false, true);
  GIVEN(std::string{"a host "} + (with_warden ? "with" : "without")
        + " a warden, and a few descriptors, one more each time") {
    auto succeeded = false;
    auto failed = 0;
    for (size_t more = 0; more < 60 && !succeeded; ++more) {
      INFO(more << " descriptors");
      auto fixture = guard_fixture{};
      auto poll = boost::asio::posix::stream_descriptor{*fixture.io};
      if (with_warden)
        fixture.stop(*fixture.run({"/bin/cat"}), 20s);
      auto open = leaks::fds_of(getpid());
      auto x = std::shared_ptr<guarded_child>{};
      {
        auto limit = few_descriptors{more};
        x = fixture.run({"/bin/cat"});
        fixture.run_until([&] { return x->pid != 0 || x->gone; });
      }
      succeeded = x->pid != 0;
      failed += !succeeded;
      if (succeeded)
        CHECK(fixture.stop(*x, 20s).left == proof::empty);
      else
        check_scarce(*x->gone);
      close(x->out);
      close(x->in);
      x.reset();
      fixture.run_until(
        [&] { return !with_warden || leaks::fds_of(getpid()) == open; });
      fixture.guard.reset();
      CHECK(
        leaks::eventually([] { return leaks::guards_of(getpid()).empty(); }));
    }
    THEN("it fails with the cause, or works; nothing is left of either") {
      CHECK(succeeded);
      CHECK(failed > 5);
    }
  }
}

SCENARIO("an I/O thread needs no descriptor of its own any more",
         "[scarcity]") {
  auto loop = io_loop{};
  auto before = leaks::fds_of(getpid());
  GIVEN("something that is watched first when none is left") {
    auto pipe = boost::asio::posix::stream_descriptor{loop.context()};
    auto timer = boost::asio::steady_timer{loop.context(), 1ms};
    CHECK(leaks::fds_of(getpid()) == before);
  }
}

SCENARIO("a warden without a free descriptor names the limit", "[scarcity]") {
  auto fixture = guard_fixture{};
  fixture.stop(*fixture.run({"/bin/cat"}), 20s);
  GIVEN("a warden that may open nothing any more") {
    auto none = rlimit{3, 3};
    REQUIRE(prlimit(fixture.guard->pid(), RLIMIT_NOFILE, &none, nullptr) == 0);
    auto report = fixture.wait_gone(*fixture.run({"/bin/cat"}));
    check_scarce(report);
    CHECK(report.left == proof::never_started);
  }
}

SCENARIO("a host without a free descriptor is still known to be one later",
         "[scarcity]") {
  auto fixture = guard_fixture{};
  fixture.guard.reset();
  {
    auto limit = few_descriptors{0};
    fixture.guard.emplace(*fixture.io, TROUPE_TEST_WARDEN);
  }
  GIVEN("a server that it starts when there are descriptors again") {
    auto x = fixture.run({"/bin/cat"});
    fixture.wait_started(*x);
    THEN("a sweep would know whose that is") {
      auto in = std::ifstream{"/proc/" + std::to_string(x->pid) + "/environ"};
      auto environment = std::string{std::istreambuf_iterator<char>{in}, {}};
      auto found = find_mark(environment);
      REQUIRE(found);
      CHECK(found->host == own_identity());
    }
    fixture.stop(*x, 20s);
  }
}

SCENARIO("a limit's error says how it is raised", "[scarcity]") {
  auto says = [](int error, const std::string& what) {
    CHECK(os_error_text(error).find(what) != std::string::npos);
    CHECK(is_scarcity(error));
  };
  says(EMFILE, "ulimit -n");
  says(ENFILE, "fs.file-max");
  says(EAGAIN, "ulimit -u");
  says(ENOMEM, "memory");
  CHECK(!is_scarcity(ENOENT));
  CHECK(!is_scarcity(ENOSYS));
  CHECK(os_error_text(ENOENT) == "No such file or directory");
}

// Covers transports/io/wide_pipe.hpp.

#include "troupe/messages/defaults.hpp"
#include "troupe/transports/io/unique_fd.hpp"
#include "troupe/transports/io/wide_pipe.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <memory>
#include <unistd.h>

using namespace troupe;

namespace {

constexpr auto usual = 64 << 10;
constexpr auto share = size_t{defaults::wide_pipe_bytes} - usual;

struct any_pipe {
  any_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
      throw std::runtime_error("no pipe");
    in.reset(ends[1]);
    out.reset(ends[0]);
  }
  int size() const {
    return fcntl(out.get(), F_GETPIPE_SZ);
  }
  unique_fd in;
  unique_fd out;
};

} // namespace

SCENARIO("a pipe is widened within a budget", "[wide_pipe]") {
  auto first = any_pipe{};
  auto second = any_pipe{};
  // Where the user has too many pipes already, they are born smaller.
  if (first.size() != usual || second.size() != usual) {
    WARN("SKIPPED: this user's pipes are at their limit");
    return;
  }
  GIVEN("a budget for one") {
    auto budget = pipe_budget{share};
    auto one = std::make_unique<wide_pipe>(budget);
    auto two = wide_pipe{budget};
    one->widen(first.in.get());
    CHECK(first.size() == defaults::wide_pipe_bytes);
    THEN("the second stays as it is, and is not tried again") {
      two.widen(second.in.get());
      one.reset();
      two.widen(second.in.get());
      CHECK(second.size() == usual);
    }
    THEN("it is there again when the first has ended") {
      one->widen(first.in.get()); // takes nothing twice
      one.reset();
      two.widen(second.out.get());
      CHECK(second.size() == defaults::wide_pipe_bytes);
      CHECK(!budget.take(1));
    }
  }
  GIVEN("no budget") {
    auto budget = pipe_budget{share - 1};
    wide_pipe{budget}.widen(first.in.get());
    CHECK(first.size() == usual);
    CHECK(budget.take(share - 1));
  }
  GIVEN("what the kernel refuses, or is wide already") {
    auto budget = pipe_budget{share};
    auto file = unique_fd{open("/dev/null", O_RDWR | O_CLOEXEC)};
    fcntl(first.in.get(), F_SETPIPE_SZ, 2 * defaults::wide_pipe_bytes);
    wide_pipe{budget}.widen(-1);
    wide_pipe{budget}.widen(file.get());
    wide_pipe{budget}.widen(first.in.get());
    THEN("nothing is taken, and nothing made smaller") {
      CHECK(budget.take(share));
      CHECK(first.size() == 2 * defaults::wide_pipe_bytes);
    }
  }
}

SCENARIO("the budget is a share of what the user may hold", "[wide_pipe]") {
  CHECK(pipe_budget::share_of(16384, 4096) == 16u << 20);
  CHECK(pipe_budget::share_of(1024, 4096) == 1u << 20);
  CHECK(pipe_budget::share_of(1u << 30, 4096)
        == defaults::wide_pipes_bytes_max);
  CHECK(pipe_budget::share_of(0, 4096) == defaults::wide_pipes_bytes_max);
}

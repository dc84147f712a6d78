#include "troupe/tools/troupe/session_loop.hpp"

#include "troupe/tools/troupe/exit_status.hpp"

#include <poll.h>
#include <unistd.h>
#include <utility>

namespace troupe::cli {

namespace {

// Two signals within this time are one request to stop: `timeout` signals a
// program and then its group, and so does a terminal that closes.
constexpr auto one_wish = std::chrono::milliseconds{500};

} // namespace

session_loop::session_loop(hooks what, uint32_t live_max)
  : hooks_(std::move(what)) {
  // A reader that went away must not take the servers with it.
  std::signal(SIGPIPE, SIG_IGN);
  loop_.watch(signals_.fd(), POLLIN, [this](short) { on_signals(); });
  auto post = [this](std::function<void()> x) { loop_.post(std::move(x)); };
  servers_ = std::make_unique<host>(post, hooks_.heard, live_max);
}

void session_loop::on_signals() {
  while (auto number = signals_.next()) {
    auto now = std::chrono::steady_clock::now();
    if (signal_ != 0 && now - signalled_ < one_wish)
      continue;
    if (signal_ != 0)
      ::_exit(exit_status::ended_by(number));
    signal_ = number;
    signalled_ = now;
    if (hooks_.on_signal)
      hooks_.on_signal(number);
    end();
  }
}

void session_loop::end() {
  if (std::exchange(ending_, true))
    return;
  servers_->stop([this](const stop_all_report& x) {
    clean_ = x.clean;
    if (hooks_.on_stopped)
      hooks_.on_stopped(x, [this] { loop_.quit(); });
    else
      loop_.quit();
  });
}

bool session_loop::run() {
  loop_.run();
  if (hooks_.on_over)
    hooks_.on_over();
  // Signals are not read any more, and the end of the actors may take as long
  // as a process that does not die.
  signals_.give_back();
  servers_.reset();
  return clean_;
}

} // namespace troupe::cli

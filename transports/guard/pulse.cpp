#include "troupe/transports/guard/pulse.hpp"

#include "troupe/messages/defaults.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace troupe {

namespace asio = boost::asio;
using boost::system::error_code;

struct guard_pulse::state : std::enable_shared_from_this<state> {
  state(asio::io_context& io, events what)
    : timer(io), events(std::move(what)) {
    // nop
  }

  void arm() {
    auto mine = ++turn; // a cancel does not reach a queued handler
    timer.expires_after(defaults::guard_silence);
    timer.async_wait([weak = weak_from_this(), mine](error_code failed) {
      auto self = weak.lock();
      if (self && !failed && mine == self->turn)
        self->on_silence();
    });
  }

  void calm() {
    ++turn;
    expecting = asked = false;
    timer.cancel();
  }

  void on_silence() {
    auto late = asio::steady_timer::clock_type::now() - timer.expiry();
    events.look();
    if (!expecting)
      return;
    // If we were stopped ourselves, the guard perhaps was, too: ask again.
    if (std::exchange(spoke, false) || late > defaults::guard_silence / 2)
      asked = false;
    auto kills = std::exchange(asked, true);
    if (kills)
      calm();
    else
      arm();
    // Last, since they may destroy this object.
    auto& act = kills ? events.kill : events.ask;
    act();
  }

  asio::steady_timer timer;
  const guard_pulse::events events;
  uint64_t turn = 0;
  bool expecting = false;
  bool spoke = false; // since the timer was started
  bool asked = false;
};

guard_pulse::guard_pulse(asio::io_context& io, events events)
  : state_(std::make_shared<state>(io, std::move(events))) {
  // nop
}

guard_pulse::~guard_pulse() {
  calm();
}

void guard_pulse::expect() {
  if (std::exchange(state_->expecting, true))
    return;
  state_->spoke = false;
  state_->arm();
}

void guard_pulse::heard() {
  state_->spoke = true;
}

void guard_pulse::calm() {
  if (state_->expecting)
    state_->calm();
}

} // namespace troupe

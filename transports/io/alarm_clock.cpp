#include "troupe/transports/io/alarm_clock.hpp"

#include "troupe/transports/ordered_mutex.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <thread>
#include <utility>

namespace troupe {

struct alarm_clock::state {
  boost::asio::steady_timer timer;
  std::function<void()> ring;
  ordered_mutex<lock_rank::clock> mutex = {};
  std::atomic<std::thread::id> holder = {};
};

alarm_clock::holder::holder(state& x) {
  auto me = std::this_thread::get_id();
  if (x.holder == me)
    return;
  x.mutex.lock();
  x.holder = me;
  held_ = &x;
}

alarm_clock::holder::~holder() {
  if (held_ == nullptr)
    return;
  held_->holder = std::thread::id{};
  held_->mutex.unlock();
}

alarm_clock::alarm_clock(boost::asio::io_context& io, std::function<void()> f)
  : state_(new state{boost::asio::steady_timer{io}, std::move(f)}) {
  // nop
}

alarm_clock::~alarm_clock() = default;

alarm_clock::holder alarm_clock::hold() {
  return holder{*state_};
}

void alarm_clock::set(time_point at) {
  state_->timer.expires_at(at);
  state_->timer.async_wait(
    [weak = std::weak_ptr{state_}](boost::system::error_code failed) {
      auto self = weak.lock();
      if (self && !failed)
        self->ring();
    });
}

void alarm_clock::cancel() {
  state_->timer.cancel();
}

} // namespace troupe

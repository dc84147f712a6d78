#include "troupe/actors/pool_clock.hpp"

#if TROUPE_CAF_0_17

namespace troupe {

pool_clock::pool_clock(boost::asio::io_context& io)
  : alarm_(io, [this] { ring(); }) {
  // nop
}

void pool_clock::set_ordinary_timeout(time_point t, caf::abstract_actor* self,
                                      caf::atom_value type, uint64_t id) {
  auto held = alarm_.hold();
  super::set_ordinary_timeout(t, self, type, id);
  rearm();
}

void pool_clock::set_multi_timeout(time_point t, caf::abstract_actor* self,
                                   caf::atom_value type, uint64_t id) {
  auto held = alarm_.hold();
  super::set_multi_timeout(t, self, type, id);
  rearm();
}

void pool_clock::set_request_timeout(time_point t, caf::abstract_actor* self,
                                     caf::message_id id) {
  auto held = alarm_.hold();
  super::set_request_timeout(t, self, id);
  rearm();
}

void pool_clock::cancel_ordinary_timeout(caf::abstract_actor* self,
                                         caf::atom_value type) {
  auto held = alarm_.hold();
  super::cancel_ordinary_timeout(self, type);
}

void pool_clock::cancel_request_timeout(caf::abstract_actor* self,
                                        caf::message_id id) {
  auto held = alarm_.hold();
  super::cancel_request_timeout(self, id);
}

void pool_clock::cancel_timeouts(caf::abstract_actor* self) {
  auto held = alarm_.hold();
  super::cancel_timeouts(self);
}

void pool_clock::schedule_message(time_point t, caf::strong_actor_ptr receiver,
                                  caf::mailbox_element_ptr content) {
  auto held = alarm_.hold();
  super::schedule_message(t, std::move(receiver), std::move(content));
  rearm();
}

void pool_clock::schedule_message(time_point t, caf::group target,
                                  caf::strong_actor_ptr sender,
                                  caf::message content) {
  auto held = alarm_.hold();
  super::schedule_message(t, std::move(target), std::move(sender),
                          std::move(content));
  rearm();
}

void pool_clock::cancel_all() {
  auto held = alarm_.hold();
  super::cancel_all();
  alarm_.cancel();
  armed_ = time_point::max();
}

/// An alarm that comes earlier than is needed does no harm: most timeouts are
/// taken back in time, and so cost nothing more.
void pool_clock::rearm() {
  if (schedule_.empty() || schedule_.begin()->first >= armed_)
    return;
  armed_ = schedule_.begin()->first;
  alarm_.set(armed_);
}

void pool_clock::ring() {
  auto held = alarm_.hold();
  armed_ = time_point::max();
  trigger_expired_timeouts();
  rearm();
}

} // namespace troupe

#endif

#pragma once

#include "troupe/actors/caf.hpp"

#if TROUPE_CAF_0_17

#include "troupe/transports/io/alarm_clock.hpp"

#include <caf/detail/simple_actor_clock.hpp>

namespace troupe {

/// CAF's clock without a thread of its own: one timer of the pool's context,
/// for what is due first. Thread-safe. Included by sources of this folder
/// alone.
class pool_clock : public caf::detail::simple_actor_clock {
public:
  using super = caf::detail::simple_actor_clock;

  explicit pool_clock(boost::asio::io_context& io);

  void set_ordinary_timeout(time_point t, caf::abstract_actor* self,
                            caf::atom_value type, uint64_t id) override;
  void set_multi_timeout(time_point t, caf::abstract_actor* self,
                         caf::atom_value type, uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self,
                           caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self,
                               caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self,
                              caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;
  void schedule_message(time_point t, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point t, caf::group target,
                        caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_all() override;

private:
  void rearm();
  void ring();

  // Held several times: the end of an actor that a dropped message has kept
  // takes back its timeouts.
  alarm_clock alarm_;
  time_point armed_ = time_point::max(); // when the alarm comes
};

} // namespace troupe

#endif

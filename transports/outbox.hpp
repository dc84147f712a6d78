#pragma once

#include "troupe/messages/errc.hpp"
#include "troupe/transports/exchange.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// The send queue to one server, for one incarnation: a bounded queue of
/// frames. Thread-safe; never blocks. The transport makes it, the client writes
/// to it.
class outbox {
public:
  virtual ~outbox() = default;

  /// Takes a frame (one line, without its end). `ticket` names it in `revoke`
  /// and in what `close` returns; 0: it is never asked for. Fails with
  /// `overloaded`, `too_large`, `invalid_argument` where it is not a single
  /// line, or `connection_lost` once it is closed; then nothing of the frame
  /// was or will be sent.
  virtual errc push(std::string frame, uint64_t ticket) = 0;

  /// Takes a frame that travels in an HTTP request of its own, as the
  /// `exchange_order` says; transports with one stream ignore the order. Fails
  /// as `push` without an order does.
  virtual errc push(std::string frame, uint64_t ticket, exchange_order_ptr) {
    return push(std::move(frame), ticket);
  }

  /// As `push` without an order, but more frames follow: it may be kept until
  /// then, or until `flush`, so that they travel together. What is kept counts
  /// as queued.
  virtual errc push_held(std::string frame, uint64_t ticket) {
    return push(std::move(frame), ticket);
  }

  /// Sends what `push_held` has kept.
  virtual void flush() {
    // nop
  }

  /// The response of that exchange is not needed any more: it is closed, and no
  /// more news of it come, except its end if that is just being reported.
  /// Unknown ids are ignored.
  virtual void abandon(uint64_t /*exchange*/) {
    // nop
  }

  /// Takes back a frame of which nothing was written yet. False: too late.
  virtual bool revoke(uint64_t ticket) = 0;

  /// Refuses all further frames. Returns the tickets of those of which no byte
  /// was written, in order; later calls return the same, so that a transport
  /// and its client may both ask.
  virtual std::vector<uint64_t> close() = 0;

  /// Frames that are queued.
  virtual size_t depth() const = 0;
};

using outbox_ptr = std::shared_ptr<outbox>;

} // namespace troupe

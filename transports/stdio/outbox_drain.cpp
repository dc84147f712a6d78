#include "troupe/transports/stdio/outbox_drain.hpp"

namespace troupe {

using drained = stdio_outbox::drained;

outbox_drain::outbox_drain(io_loop& io, std::chrono::milliseconds frame_timeout)
  : pipe_(io.context()), deadline_(io), frame_timeout_(frame_timeout) {
  // nop
}

outbox_drain::~outbox_drain() {
  shut();
}

void outbox_drain::start(std::shared_ptr<stdio_outbox> out,
                         std::weak_ptr<void> owner, events events) {
  out_ = std::move(out);
  owner_ = std::move(owner);
  events_ = std::move(events);
}

void outbox_drain::wake() {
  if (out_ == nullptr || pipe_.is_open())
    return;
  auto failed = boost::system::error_code{};
  pipe_.assign(out_->fd(), failed);
  if (failed)
    return events_.on_broken();
  await_deadline();
  if (pipe_.is_open())
    watch();
}

void outbox_drain::shut() {
  forget();
  if (out_ != nullptr)
    std::exchange(out_, nullptr)->shut();
}

// -- steps --------------------------------------------------------------------

void outbox_drain::watch() {
  pipe_.async_wait(io_descriptor::wait_write,
                   [this, owner = owner_](boost::system::error_code failed) {
                     auto kept = owner.lock();
                     if (kept != nullptr && !failed && pipe_.is_open())
                       on_ready();
                   });
}

void outbox_drain::on_ready() {
  switch (out_->drain()) {
    case drained::all: return forget();
    case drained::some: return watch();
    case drained::broken: forget(); return events_.on_broken();
  }
}

void outbox_drain::forget() {
  // A polled pipe wakes us for each read of the server: poll only while frames
  // are queued. The outbox owns the descriptor; it is not closed here.
  deadline_.cancel();
  if (pipe_.is_open())
    pipe_.release();
}

// -- the deadline of the frame that is first in line --------------------------

void outbox_drain::await_deadline() {
  auto since = out_->head_since();
  if (!since)
    return forget(); // all queued frames were revoked
  deadline_.start(*since + frame_timeout_ - stdio_outbox::clock::now(), owner_,
                  [this] { check_deadline(); });
}

void outbox_drain::check_deadline() {
  auto since = out_->head_since();
  if (since && *since + frame_timeout_ <= stdio_outbox::clock::now())
    events_.on_overdue();
  else
    await_deadline();
}

} // namespace troupe

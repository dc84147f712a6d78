#include "troupe/transports/pipe/hub.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

using stage = pipe_link::stage;

pipe_hub::pipe_hub(pipe_callbacks callbacks)
  : callbacks_(std::move(callbacks)) {
  // nop
}

// -- called by the server -----------------------------------------------------

bool pipe_hub::send(std::vector<std::string> frames) {
  auto held = lock{mutex_};
  return send(held, current(), std::move(frames));
}

bool pipe_hub::send(const pipe_link_ptr& link,
                    std::vector<std::string> frames) {
  auto held = lock{mutex_};
  return send(held, link, std::move(frames));
}

bool pipe_hub::send(lock& held, const pipe_link_ptr& link,
                    std::vector<std::string> frames) {
  if (link == nullptr || link->now != stage::up)
    return false;
  if (link->event_bytes > defaults::inbound_bytes_max)
    return false;
  if (any_too_large(*link, frames))
    fault(link, errc::too_large, "a frame is longer than allowed");
  else
    add_frames(*link, std::move(frames));
  pump(held, link);
  return true;
}

void pipe_hub::hang_up(errc why, std::string text, int32_t exit_status) {
  auto held = lock{mutex_};
  hang_up(held, current(), why, std::move(text), exit_status);
}

void pipe_hub::hang_up(const pipe_link_ptr& link, errc why, std::string text,
                       int32_t exit_status) {
  auto held = lock{mutex_};
  hang_up(held, link, why, std::move(text), exit_status);
}

void pipe_hub::hang_up(lock& held, const pipe_link_ptr& link, errc why,
                       std::string text, int32_t exit_status) {
  if (link == nullptr || link->now == stage::ending || link->now == stage::down)
    return;
  link->report.exit_status = exit_status;
  fault(link, why, std::move(text));
  pump(held, link);
}

void pipe_hub::close_all() {
  auto held = lock{mutex_};
  hold_on_ = false;
  for (auto& link : std::vector<pipe_link_ptr>{links_}) {
    if (link->now == stage::down) // meanwhile
      continue;
    if (link->now == stage::ending)
      finish(link);
    else
      fault(link, errc::connection_lost, "the server is gone");
    pump(held, link);
  }
}

std::string pipe_hub::take() {
  auto held = lock{mutex_};
  if (inbox_.empty())
    return {};
  auto frame = std::move(inbox_.front());
  inbox_.pop_front();
  if (auto link = current()) // its outbox may have waited for room
    pump(held, link);
  return frame;
}

size_t pipe_hub::waiting() const {
  auto held = lock{mutex_};
  return inbox_.size();
}

bool pipe_hub::connected() const {
  auto held = lock{mutex_};
  auto link = current();
  return link != nullptr && link->now == stage::up;
}

size_t pipe_hub::connections() const {
  auto held = lock{mutex_};
  return connections_;
}

void pipe_hub::hold_connections() {
  auto held = lock{mutex_};
  hold_connections_ = true;
}

void pipe_hub::release() {
  auto held = lock{mutex_};
  hold_connections_ = false;
  for (auto& link : std::vector<pipe_link_ptr>{links_}) {
    if (link->now == stage::held)
      come_up(link);
    pump(held, link);
  }
}

void pipe_hub::fail_next(errc why, std::string text) {
  auto held = lock{mutex_};
  fail_next_ = why;
  fail_text_ = std::move(text);
}

void pipe_hub::set_paused(bool on) {
  auto held = lock{mutex_};
  paused_ = on;
  for (auto& link : std::vector<pipe_link_ptr>{links_}) {
    list(link);
    pump(held, link);
  }
}

void pipe_hub::set_hold_on(bool on) {
  auto held = lock{mutex_};
  hold_on_ = on;
  if (on)
    return;
  for (auto& link : std::vector<pipe_link_ptr>{links_}) {
    if (link->now == stage::ending)
      finish(link);
    pump(held, link);
  }
}

// -- called by a transport and by its outbox ----------------------------------

void pipe_hub::connect(const pipe_link_ptr& link,
                       std::unique_ptr<transport_listener> to,
                       std::weak_ptr<pipe_server> server) {
  auto held = lock{mutex_};
  server_ = std::move(server);
  link->to = std::move(to);
  link->number = ++connections_;
  if (link->now == stage::down) // stopped before it was started
    return pump(held, link);
  links_.push_back(link);
  if (fail_next_ != errc::none) {
    link->report.why = std::exchange(fail_next_, errc::none);
    link->report.text = std::move(fail_text_);
    finish(link);
  } else if (link->now == stage::held && !hold_connections_)
    come_up(link);
  pump(held, link);
}

void pipe_hub::stop(const pipe_link_ptr& link, errc why, std::string text) {
  auto held = lock{mutex_};
  if (link->now == stage::ending || link->now == stage::down)
    return;
  link->outbox_closed = true;
  link->now = stage::ending;
  link->report.why = why;
  link->report.text = std::move(text);
  if (!hold_on_)
    finish(link);
  pump(held, link);
}

errc pipe_hub::push(const pipe_link_ptr& link, std::string frame,
                    uint64_t ticket) {
  auto held = lock{mutex_};
  if (link->outbox_closed)
    return errc::connection_lost;
  if (frame.size() > link->limits.frame_bytes_max)
    return errc::too_large;
  if (frame.find('\n') != frame.npos)
    return errc::invalid_argument;
  if (link->frames.size() >= link->limits.outbox_frames_max
      || link->frame_bytes + frame.size() > link->limits.outbox_bytes_max)
    return errc::overloaded;
  link->frame_bytes += frame.size();
  link->frames.push_back({std::move(frame), ticket});
  list(link);
  pump(held, link);
  return errc::none;
}

bool pipe_hub::revoke(const pipe_link_ptr& link, uint64_t ticket) {
  auto held = lock{mutex_};
  auto& frames = link->frames;
  auto i = std::find_if(frames.begin(), frames.end(),
                        [&](auto& x) { return x.ticket == ticket; });
  if (ticket == 0 || i == frames.end())
    return false;
  link->frame_bytes -= i->frame.size();
  frames.erase(i);
  return true;
}

std::vector<uint64_t> pipe_hub::close(const pipe_link_ptr& link) {
  auto held = lock{mutex_};
  link->outbox_closed = true;
  return drop_frames(*link);
}

size_t pipe_hub::depth(const pipe_link_ptr& link) const {
  auto held = lock{mutex_};
  return link->frames.size();
}

void pipe_hub::make_room(const pipe_link_ptr& link) {
  auto held = lock{mutex_};
  link->full = false;
  pump(held, link);
}

// -- steps, under the lock ----------------------------------------------------

void pipe_hub::come_up(const pipe_link_ptr& link) {
  class pipe_outbox : public outbox {
  public:
    pipe_outbox(std::shared_ptr<pipe_hub> hub, pipe_link_ptr link)
      : hub_(std::move(hub)), link_(std::move(link)) {
      // nop
    }
    errc push(std::string frame, uint64_t ticket) override {
      return hub_->push(link_, std::move(frame), ticket);
    }
    bool revoke(uint64_t ticket) override {
      return hub_->revoke(link_, ticket);
    }
    std::vector<uint64_t> close() override {
      return hub_->close(link_);
    }
    size_t depth() const override {
      return hub_->depth(link_);
    }

  private:
    std::shared_ptr<pipe_hub> hub_;
    pipe_link_ptr link_;
  };
  link->now = stage::up;
  link->begin_due = callbacks_.on_begin != nullptr;
  link->begun = !link->begin_due;
  list(link);
  auto out = std::make_shared<pipe_outbox>(shared_from_this(), link);
  link->window = std::make_shared<inbound_window>(
    [hub = weak_from_this(), weak = std::weak_ptr{link}] {
      auto self = hub.lock();
      auto which = weak.lock();
      if (self && which)
        self->make_room(which);
    });
  link->events.push_back({[out, window = link->window](auto& to) {
    to.on_up({out, 0, {}, window});
  }});
}

void pipe_hub::add_frames(pipe_link& link, std::vector<std::string> frames) {
  auto memory = inbound_window::memory(frames);
  auto cost = inbound_window::cost(frames);
  link.event_bytes += memory;
  link.events.push_back(
    {[frames = std::move(frames)](transport_listener& to) mutable {
       to.on_frames(std::move(frames));
     },
     cost, memory});
}

void pipe_hub::fault(const pipe_link_ptr& link, errc why, std::string text) {
  link->now = stage::ending;
  link->outbox_closed = true;
  link->report.why = why;
  link->report.text = text;
  link->events.push_back(
    {[why, text](transport_listener& to) { to.on_fault(why, text); }});
  if (!hold_on_)
    finish(link);
}

void pipe_hub::finish(const pipe_link_ptr& link) {
  link->now = stage::down;
  link->outbox_closed = true;
  link->report.left = proof::no_process;
  link->events.push_back(
    {[report = link->report, unsent = drop_frames(*link)](
       transport_listener& to) { to.on_down(report, unsent); }});
  forget(link);
  // A server that was not told of its begin is not told of its end.
  link->begin_due = false;
  link->end_due = link->begun && callbacks_.on_end != nullptr;
  list(link);
}

void pipe_hub::forget(const pipe_link_ptr& link) {
  links_.erase(std::remove(links_.begin(), links_.end(), link), links_.end());
}

pipe_link_ptr pipe_hub::current() const {
  return links_.empty() ? nullptr : links_.back();
}

bool pipe_hub::any_too_large(const pipe_link& link,
                             const std::vector<std::string>& frames) {
  return std::any_of(frames.begin(), frames.end(), [&](auto& x) {
    return x.size() > link.limits.frame_bytes_max;
  });
}

std::vector<uint64_t> pipe_hub::drop_frames(pipe_link& link) {
  for (auto& x : link.frames)
    if (x.ticket != 0)
      link.unsent.push_back(x.ticket);
  link.frames.clear();
  link.frame_bytes = 0;
  return link.unsent;
}

// -- delivery, with the lock released -----------------------------------------

void pipe_hub::pump(lock& held, const pipe_link_ptr& link) {
  // Keeps both alive: a callback may drop the last transport or server.
  auto self = shared_from_this();
  auto kept = link;
  tell_all(held, kept);
  keep_frames(*kept);
  call_back(held);
}

void pipe_hub::tell_all(lock& held, const pipe_link_ptr& link) {
  if (link->telling)
    return;
  link->telling = true;
  while (can_tell(*link))
    tell(held, *link);
  link->telling = false;
}

/// What was sent before the end is delivered even to a client that is behind.
bool pipe_hub::can_tell(const pipe_link& link) {
  if (link.events.empty() || link.to == nullptr)
    return false;
  return !link.full || link.now != stage::up || link.events.front().cost == 0;
}

void pipe_hub::tell(lock& held, pipe_link& link) {
  auto x = std::move(link.events.front());
  link.events.pop_front();
  link.event_bytes -= x.memory;
  if (x.cost > 0 && !link.window->add(x.cost))
    link.full = true;
  auto last = link.now == stage::down && link.events.empty();
  held.unlock();
  x.tell(*link.to);
  x.tell = nullptr;
  held.lock();
  if (!last)
    return;
  auto to = std::move(link.to);
  held.unlock();
  to.reset();
  held.lock();
}

} // namespace troupe

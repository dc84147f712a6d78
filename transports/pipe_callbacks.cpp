#include "transports/pipe_hub.hpp"

#include "messages/cut_text.hpp"

/// How a hub calls its server: one callback after the other, with the lock
/// released.
namespace troupe {

using stage = pipe_link::stage;

/// A thread of a pool that was asked for. Where it never comes, because the
/// pool refuses or ends, the hub hears of it.
class pipe_turn {
public:
  explicit pipe_turn(std::shared_ptr<pipe_hub> hub) : hub_(std::move(hub)) {
    // nop
  }
  ~pipe_turn() {
    if (hub_)
      hub_->lose_turn();
  }
  pipe_turn(const pipe_turn&) = delete;
  pipe_turn& operator=(const pipe_turn&) = delete;

  void take(const callback_pool_ptr& pool, uint64_t owner) {
    std::exchange(hub_, nullptr)->take_turn(pool, owner);
  }

private:
  std::shared_ptr<pipe_hub> hub_;
};

// -- what is due --------------------------------------------------------------

bool pipe_hub::can_serve(const pipe_link& link) const {
  return link.now == stage::up && !link.frames.empty() && !paused_
         && inbox_.size() < defaults::pipe_inbox_frames_max;
}

/// Frames that are not called for are kept until they are taken.
void pipe_hub::keep_frames(pipe_link& link) {
  while (callbacks_.on_frame == nullptr && can_serve(link)) {
    link.frame_bytes -= link.frames.front().frame.size();
    inbox_.push_back(std::move(link.frames.front().frame));
    link.frames.pop_front();
  }
}

void pipe_hub::list(const pipe_link_ptr& link) {
  auto frames = callbacks_.on_frame != nullptr && can_serve(*link);
  if (link->listed || !(link->begin_due || link->end_due || frames))
    return;
  link->listed = true;
  due_.push_back(link);
}

std::optional<pipe_hub::callback> pipe_hub::next() {
  while (!due_.empty()) {
    auto link = std::move(due_.front());
    due_.pop_front();
    link->listed = false;
    auto result = next_of(link);
    list(link); // behind the others
    if (result)
      return result;
  }
  return std::nullopt;
}

std::optional<pipe_hub::callback> pipe_hub::next_of(const pipe_link_ptr& link) {
  if (std::exchange(link->begin_due, false)) {
    link->begun = true;
    return callback{link, callback::kind::begin, {}};
  }
  if (std::exchange(link->end_due, false))
    return callback{link, callback::kind::end, {}};
  if (callbacks_.on_frame == nullptr || !can_serve(*link))
    return std::nullopt;
  auto result = callback{link, callback::kind::frame,
                         std::move(link->frames.front().frame)};
  link->frame_bytes -= result.frame.size();
  link->frames.pop_front();
  return result;
}

// -- calling ------------------------------------------------------------------

/// False: no thread is to be had for what is due.
bool pipe_hub::call_back(lock& held, const pipe_link_ptr& link) {
  if (due_.empty() || std::exchange(serving_, true))
    return true;
  if (link->pool)
    return schedule(held, link->pool, link->owner);
  serve(held, SIZE_MAX);
  serving_ = false;
  return true;
}

/// False: it is refused, and nobody serves.
bool pipe_hub::schedule(lock& held, const callback_pool_ptr& pool,
                        uint64_t owner) {
  auto turn = std::make_shared<pipe_turn>(shared_from_this());
  held.unlock();
  auto number =
    pool->run(owner, [turn, pool, owner] { turn->take(pool, owner); });
  turn.reset();
  held.lock();
  return number != 0;
}

/// On a thread of the pool. Others have their turn now and then.
void pipe_hub::take_turn(const callback_pool_ptr& pool, uint64_t owner) {
  auto held = lock{mutex_};
  for (;;) {
    serve(held, defaults::pipe_callbacks_in_a_row);
    if (due_.empty())
      break;
    // The pool ends where it refuses: what is left is done here.
    if (schedule(held, pool, owner) || std::exchange(serving_, true))
      return;
  }
  serving_ = false;
}

void pipe_hub::lose_turn() {
  auto held = lock{mutex_};
  serving_ = false;
}

void pipe_hub::serve(lock& held, size_t most) {
  for (size_t i = 0; i < most; ++i) {
    auto x = next();
    if (!x)
      return;
    auto server = server_.lock();
    held.unlock();
    auto what = server ? call(*x) : std::nullopt;
    server.reset(); // it may have been the last
    held.lock();
    if (!what)
      continue;
    on_thrown(*x, *what);
    tell_all(held, x->link);
  }
}

std::optional<thrown> pipe_hub::call(callback& x) const {
  auto to = pipe_connection{};
  to.hub_ = std::const_pointer_cast<pipe_hub>(shared_from_this());
  to.link_ = x.link;
  to.number_ = x.link->number;
  return guarded([&] {
    switch (x.what) {
      case callback::kind::begin: callbacks_.on_begin(to); break;
      case callback::kind::frame:
        callbacks_.on_frame(to, std::move(x.frame));
        break;
      case callback::kind::end: callbacks_.on_end(to); break;
    }
  });
}

/// The connection ends: what the server makes of the next frame nobody knows.
/// One that has ended already hears nothing more.
void pipe_hub::on_thrown(const callback& x, const thrown& what) {
  if (x.link->now != stage::up)
    return;
  auto text = std::string{"the in-process server's "}
              + (x.what == callback::kind::begin ? "on_begin" : "on_frame")
              + " threw " + what.type;
  if (!what.text.empty())
    text += ": " + cut_text(what.text, defaults::noise_sample_bytes);
  x.link->events.emplace_back([text](transport_listener& to) {
    to.on_diagnostic(diagnostic::kind::embedder_fault, text);
  });
  fault(x.link, errc::internal_error, text);
}

} // namespace troupe

#include "troupe/transports/pipe/hub.hpp"

#include "troupe/messages/cut_text.hpp"

#include <functional>
#include <utility>

/// How a hub calls its server: one callback after the other, with the lock
/// released.
namespace troupe {

using stage = pipe_link::stage;

/// A turn that waits in a pool, until a thread takes it. Where the pool drops
/// it instead, the hub hears of that.
class pipe_turn {
public:
  explicit pipe_turn(std::shared_ptr<pipe_hub> hub) : hub_(std::move(hub)) {
    // nop
  }
  ~pipe_turn() {
    if (hub_)
      hub_->on_turn_dropped();
  }
  pipe_turn(const pipe_turn&) = delete;
  pipe_turn& operator=(const pipe_turn&) = delete;

  void take(const callback_pool_ptr& pool, uint64_t owner) {
    auto hub = std::exchange(hub_, nullptr);
    auto held = pipe_hub::lock{hub->mutex_};
    hub->take_turn(held, pool, owner);
  }
  void forget() {
    hub_ = nullptr;
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

// -- turns --------------------------------------------------------------------

/// Afterwards nothing is due, or a turn is under way that serves it.
void pipe_hub::call_back(lock& held) {
  while (!due_.empty() && !std::exchange(serving_, true)) {
    auto link = due_.front();
    auto owed = link->now != stage::up;
    if (!link->has_pool)
      take_turn(held, nullptr, 0);
    else if (!schedule(held, link->pool.lock(), link->owner, owed))
      on_refused(held, owed);
  }
}

/// Asks the pool for a turn. False: the pool refuses, or is gone. A turn that
/// is owed to the server is not refused because too much waits.
bool pipe_hub::schedule(lock& held, callback_pool_ptr pool, uint64_t owner,
                        bool owed) {
  if (!pool)
    return false;
  auto turn = std::make_shared<pipe_turn>(shared_from_this());
  auto run = owed ? &callback_pool::run_owed : &callback_pool::run;
  held.unlock();
  auto number = std::invoke(run, *pool, owner,
                            [turn, pool, owner] { turn->take(pool, owner); });
  if (number == 0)
    turn->forget();
  turn.reset(); // a pool that ends may have dropped it meanwhile
  pool.reset(); // it may have been the last
  held.lock();
  return number != 0;
}

/// The pool of the first connection in `due_` gives no turn. A connection that
/// is up ends by that, and its client is told. What is due of one that has
/// ended waits for the server's next turn; one that ended while the pool was
/// asked is owed a turn, which is asked for next.
void pipe_hub::on_refused(lock& held, bool owed) {
  serving_ = false;
  auto link = due_.front();
  if (!owed && link->now != stage::up)
    return;
  due_.pop_front();
  if (owed)
    return owed_.push_back(link);
  link->listed = false;
  fault(link, errc::overloaded,
        "no thread is free for the in-process server's callbacks");
  tell_all(held, link);
}

void pipe_hub::on_turn_dropped() {
  auto held = lock{mutex_};
  serving_ = false;
  call_back(held);
}

/// On a thread of the pool; without one, on the thread that causes the
/// callbacks. Other owners have their turn now and then.
void pipe_hub::take_turn(lock& held, const callback_pool_ptr& pool,
                         uint64_t owner) {
  due_.insert(due_.begin(), owed_.begin(), owed_.end());
  owed_.clear();
  for (;;) {
    serve(held, defaults::pipe_callbacks_in_a_row);
    if (due_.empty())
      break;
    // Only a pool that has ended refuses: what is left is done here.
    if (pool && schedule(held, pool, owner, true))
      return;
  }
  serving_ = false;
}

// -- calling ------------------------------------------------------------------

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

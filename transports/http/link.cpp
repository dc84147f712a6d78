#include "troupe/transports/http/link.hpp"

#include "troupe/messages/header_text.hpp"

#include <algorithm>

namespace troupe {

using clock = http_channel::clock;

http_link::http_link(http_terms terms, std::string fault)
  : terms_(std::move(terms)), fault_(std::move(fault)) {
  // nop
}

http_link::~http_link() = default;

// -- start and stop -----------------------------------------------------------

void http_link::start(std::unique_ptr<transport_listener> to, outbox_ptr out) {
  auto held = lock{mutex_};
  listener_ = std::move(to);
  if (phase_ == phase::fresh && !fault_.empty()) {
    phase_ = phase::stopping;
    why_ = errc::invalid_spec;
    why_text_ = fault_;
  }
  if (phase_ != phase::fresh) {
    closed_ = true;
    end(held);
    return;
  }
  auto weak = weak_from_this();
  window_ = std::make_shared<inbound_window>([weak] {
    if (auto self = weak.lock())
      self->make_room();
  });
  phase_ = phase::up;
  // Under the lock: no event may come before `on_up`, and no stop either.
  auto weaker = std::string{};
  if (terms_.spec.tls.insecure && terms_.url.secure)
    weaker =
      "accepts any certificate (tls.insecure): the server is not verified";
  listener_->on_up({std::move(out), 0, std::move(weaker), window_});
}

void http_link::stop(errc why, std::string text) {
  auto held = lock{mutex_};
  if (phase_ == phase::stopping || phase_ == phase::down)
    return;
  auto was_fresh = phase_ == phase::fresh;
  phase_ = phase::stopping;
  why_ = why;
  why_text_ = std::move(text);
  closed_ = true;
  if (was_fresh)
    return; // never started: it has no listener
  auto dropped = take_unwritten();
  for (auto& [id, x] : known_)
    dropped.push_back(x);
  known_.clear();
  held.unlock();
  drop(dropped);
  held.lock();
  end(held);
}

/// Whether all of it has ended; true once.
bool http_link::is_over() const {
  return phase_ == phase::stopping && running_ == 0 && !ending_ && listener_;
}

void http_link::end(lock& held) {
  if (!is_over())
    return;
  ending_ = true;
  auto session = std::exchange(session_, {});
  held.unlock();
  if (session.empty())
    come_down();
  else
    say_goodbye(std::move(session));
}

void http_link::come_down() {
  terms_.pool->leave(terms_.client);
  auto held = lock{mutex_};
  phase_ = phase::down;
  auto listener = std::move(listener_);
  auto report = stop_report{};
  report.why = why_;
  report.text = why_text_;
  report.left = proof::no_process;
  auto unsent = unsent_;
  held.unlock();
  listener->on_down(std::move(report), std::move(unsent));
}

// -- called by the outbox -----------------------------------------------------

static bool may_send(const exchange_order& order) {
  for (auto& [name, value] : order.headers)
    if (!is_token(name) || !is_field_value(value) || is_connection_field(name))
      return false;
  return is_field_value(order.last_event_id);
}

errc http_link::judge(const std::string& frame,
                      const exchange_order_ptr& order) const {
  if (!order || order->id == 0 || !may_send(*order))
    return errc::invalid_argument;
  if (frame.size() > terms_.spec.limits.frame_bytes_max)
    return errc::too_large;
  return errc::none;
}

errc http_link::push(std::string frame, uint64_t ticket,
                     exchange_order_ptr order) {
  if (auto why = judge(frame, order); why != errc::none)
    return why;
  auto x =
    std::make_shared<http_exchange>(std::move(frame), ticket, std::move(order));
  if (auto why = add(x); why != errc::none)
    return why;
  auto self = shared_from_this();
  auto begun = terms_.pool->submit(
    terms_.client, x->kind(), x->order().id,
    [self, x](http_pool::place& place) { self->run(x, place); });
  if (begun)
    return errc::none;
  auto held = lock{mutex_};
  forget(x);
  return errc::overloaded;
}

errc http_link::add(const exchange_ptr& x) {
  auto& limits = terms_.spec.limits;
  auto held = lock{mutex_};
  if (phase_ != phase::up || closed_)
    return errc::connection_lost;
  if (known_.count(x->order().id) > 0)
    return errc::invalid_argument;
  if (queued_ >= limits.outbox_frames_max
      || queued_bytes_ + x->frame_bytes() > limits.outbox_bytes_max)
    return errc::overloaded;
  x->number = ++numbers_;
  known_.emplace(x->order().id, x);
  ++queued_;
  queued_bytes_ += x->frame_bytes();
  remember_version(x->order());
  return errc::none;
}

/// Kept for the request that ends the session, which is made here.
void http_link::remember_version(const exchange_order& order) {
  for (auto& [name, value] : order.headers)
    if (same_letters(name, "MCP-Protocol-Version"))
      version_ = value;
}

/// Removes it from the tables. The caller interrupts it.
void http_link::forget(const exchange_ptr& x) {
  known_.erase(x->order().id);
  if (x->at == http_exchange::stage::queued) {
    --queued_;
    queued_bytes_ -= x->frame_bytes();
  } else if (x->at == http_exchange::stage::asking) {
    --running_; // its callback may take long, and its result is dropped
  }
}

void http_link::abandon(uint64_t id) {
  auto held = lock{mutex_};
  auto i = known_.find(id);
  if (i == known_.end())
    return;
  auto x = i->second;
  forget(x);
  held.unlock();
  drop({x});
}

bool http_link::revoke(uint64_t ticket) {
  auto held = lock{mutex_};
  auto i = std::find_if(known_.begin(), known_.end(), [&](auto& entry) {
    return entry.second->ticket() == ticket
           && entry.second->at != http_exchange::stage::writing;
  });
  if (ticket == 0 || i == known_.end())
    return false;
  auto x = i->second;
  forget(x);
  held.unlock();
  drop({x});
  return true;
}

std::vector<uint64_t> http_link::close() {
  auto held = lock{mutex_};
  closed_ = true;
  auto dropped = take_unwritten();
  auto result = unsent_;
  held.unlock();
  drop(dropped);
  return result;
}

size_t http_link::depth() const {
  auto held = lock{mutex_};
  return queued_;
}

/// Removes all exchanges of which nothing was written.
std::vector<http_link::exchange_ptr> http_link::take_unwritten() {
  auto result = std::vector<exchange_ptr>{};
  for (auto& [id, x] : known_)
    if (x->at != http_exchange::stage::writing)
      result.push_back(x);
  std::sort(result.begin(), result.end(),
            [](auto& x, auto& y) { return x->number < y->number; });
  for (auto& x : result) {
    forget(x);
    if (x->ticket() != 0)
      unsent_.push_back(x->ticket());
  }
  return result;
}

/// Interrupts exchanges that are given up. Without the lock.
void http_link::drop(const std::vector<exchange_ptr>& list) {
  for (auto& x : list) {
    auto held = std::unique_lock{x->news_mutex};
    x->unwanted = true;
    held.unlock();
    x->interrupt();
    terms_.pool->withdraw(terms_.client, x->kind(), x->order().id);
  }
  // Some may be waiting for room in the window.
  auto held = std::unique_lock{room_mutex_};
  room_made_.notify_all();
}

// -- on the pool's threads ----------------------------------------------------

void http_link::run(const exchange_ptr& x, http_pool::place& place) {
  auto now = begin(x);
  if (now && x->run(*this, terms_, std::move(*now), place))
    finish(x);
}

std::optional<http_facts> http_link::begin(const exchange_ptr& x) {
  auto held = lock{mutex_};
  if (!knows(*x))
    return std::nullopt;
  x->at = http_exchange::stage::begun;
  --queued_;
  queued_bytes_ -= x->frame_bytes();
  ++running_;
  auto is_post = x->order().what == exchange_order::kind::post;
  auto result = http_facts{};
  result.to = is_post && endpoint_ ? *endpoint_ : terms_.url;
  if (!x->order().opens_session)
    result.session = session_;
  return result;
}

void http_link::finish(const exchange_ptr& x) {
  auto held = lock{mutex_};
  if (knows(*x))
    known_.erase(x->order().id);
  --running_;
  end(held);
}

bool http_link::knows(const http_exchange& x) const {
  auto i = known_.find(x.order().id);
  return i != known_.end() && i->second.get() == &x;
}

bool http_link::on_asking(http_exchange& x) {
  auto held = lock{mutex_};
  if (!knows(x))
    return false;
  x.at = http_exchange::stage::asking;
  return true;
}

bool http_link::on_asked(http_exchange& x, const std::string& answer) {
  auto held = lock{mutex_};
  if (!knows(x))
    return false; // it does not count as running any more
  x.at = http_exchange::stage::begun;
  if (!answer.empty()) // a fault of the source keeps the last credentials
    authorization_ = answer;
  return true;
}

/// Reported once, however many requests it fails.
void http_link::on_embedder_fault(const std::string& text) {
  auto held = lock{mutex_};
  if (std::exchange(told_fault_, text) == text)
    return;
  held.unlock();
  listener_->on_diagnostic(diagnostic::kind::embedder_fault, text);
}

bool http_link::on_writing(http_exchange& x) {
  auto held = lock{mutex_};
  if (!knows(x))
    return false;
  x.at = http_exchange::stage::writing;
  return true;
}

void http_link::on_news(http_exchange& x, exchange_news news) {
  auto cost = inbound_window::cost(news.frames) + news.idle_bytes;
  auto ended = news.ended;
  auto held = std::unique_lock{x.news_mutex};
  if (x.unwanted)
    return;
  if (ended)
    note_end(x, news);
  if (cost > 0) {
    auto room = std::unique_lock{room_mutex_};
    full_ = !window_->add(cost);
  }
  listener_->on_exchange(std::move(news));
  held.unlock();
  if (!ended)
    wait_for_room(x);
}

/// Of several frames that cannot reach the server, the news of the first may
/// end the connection: then `close` is called before the news of the others are
/// read, and must return their tickets.
void http_link::note_end(const http_exchange& x, const exchange_news& news) {
  auto held = lock{mutex_};
  if (!knows(x))
    return;
  known_.erase(x.order().id);
  if (never_connected(news) && x.ticket() != 0)
    unsent_.push_back(x.ticket());
}

void http_link::wait_for_room(const http_exchange& x) {
  auto held = std::unique_lock{room_mutex_};
  room_made_.wait(held, [&] { return !full_ || x.interrupted(); });
}

void http_link::make_room() {
  auto held = std::unique_lock{room_mutex_};
  full_ = false;
  room_made_.notify_all();
}

void http_link::on_session(std::string id) {
  auto held = lock{mutex_};
  session_ = std::move(id);
}

void http_link::on_session_lost(const std::string& id) {
  auto held = lock{mutex_};
  if (session_ == id)
    session_.clear();
}

void http_link::on_endpoint(http_url url) {
  auto held = lock{mutex_};
  endpoint_ = std::move(url);
}

} // namespace troupe

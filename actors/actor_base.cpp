#include "troupe/actors/actor_base.hpp"

#include "troupe/actors/answers.hpp"
#include "troupe/actors/type_ids.hpp"

#include <algorithm>

namespace troupe {

namespace {

failure not_sent(errc why, std::string text) {
  return {why, fate::not_sent, std::move(text)};
}

failure failure_of(caf::sec x) {
  return troupe::failure_of(caf::make_error(x));
}

constexpr auto threw = caf::sec::runtime_error;
constexpr auto full = caf::sec::unavailable_or_would_block;

} // namespace

actor_base::actor_base(caf::actor_config& config)
  : caf::event_based_actor(config) {
  set_exception_handler([this](std::exception_ptr&) -> caf::error {
    on_exception();
    return caf::sec::runtime_error;
  });
#if TROUPE_CAF_0_17
  set_default_handler([this](caf::scheduled_actor*,
                             caf::message_view&) -> caf::result<caf::message> {
    uncount();
    return unexpected();
  });
  set_error_handler([this](caf::error&) { uncount(); });
  set_exit_handler([this](caf::exit_msg& x) {
    uncount();
    on_exit_msg(x.source, x.reason);
  });
  set_down_handler([this](caf::down_msg& x) {
    uncount();
    std::vector<watcher> all; // each may watch anew
    while (auto next = watched_.extract(x.source))
      all.push_back(std::move(next.mapped()));
    for (auto& watcher : all)
      watcher.f(x.reason);
  });
#endif
}

caf::behavior actor_base::make_behavior() {
#if TROUPE_CAF_0_17
  return caf::behavior{handlers()};
#else
  return handlers().or_else(
    [this](caf::error&) { uncount(); },
    [this](caf::exit_msg& x) {
      uncount();
      on_exit_msg(caf::actor_cast<caf::actor_addr>(x.source), x.reason);
    },
    [this](caf::message&) -> caf::result<caf::message> {
      uncount();
      return unexpected();
    });
#endif
}

// Answers requests only: the sender of a plain message would get the error as a
// message, and CAF's default handler would end it for that.
caf::result<caf::message> actor_base::unexpected() {
  auto now = current_mailbox_element();
  if (now == nullptr || !now->mid.is_request())
    return caf::message{};
  return refusal(
    *now, caf::sec::unexpected_message,
    not_sent(errc::invalid_argument,
             std::string{name()} + " does not take such a message"));
}

// -- handlers that throw ------------------------------------------------------

actor_base::asker::asker(actor_base& self)
  : who(self.current_sender()), what(self.current_mailbox_element()->mid) {
  // nop
}

// CAF would answer with an error of its own.
void actor_base::on_exception() {
  auto now = current_mailbox_element();
  if (now != nullptr && now->sender && now->mid.is_request())
    make_response_promise().deliver(
      refusal(*now, caf::sec::runtime_error, failure_of(threw)));
}

/// The promise may stand in a table that `on_stop` answers, with a better text:
/// then the answer made here comes second and is dropped.
void actor_base::thrown_at(asker who) {
  if (!who.who || !who.what.is_request())
    return;
  last_answer_ = refusal(*current_mailbox_element(), caf::sec::runtime_error,
                         failure_of(threw));
  last_asker_ = std::move(who);
}

// -- the end ------------------------------------------------------------------

void actor_base::on_exit() {
  on_stop();
  watched_.clear();
  ended_.store(true, std::memory_order_release);
  if (auto last = std::exchange(last_asker_, {}); last.who)
    last.who->enqueue(ctrl(), last.what.response_id(), std::move(last_answer_),
                      context());
}

void actor_base::on_exit_msg(const caf::actor_addr&, const caf::error& why) {
  quit(why);
}

uint64_t actor_base::watch(const caf::actor& to, down_fn f) {
  if (!to) { // monitoring an empty handle would crash in 0.17
    f(caf::make_error(caf::exit_reason::unknown));
    return 0;
  }
  auto id = ++last_watch_;
#if TROUPE_CAF_0_17
  if (!watched_.contains(to->address())) // one monitor serves all of them
    monitor(to);
  watched_.insert({to->address(), {id, std::move(f)}});
#else
  watched_[id] = monitor(to, [this, id, f = std::move(f)](const caf::error& x) {
    watched_.erase(id);
    f(x);
  });
#endif
  return id;
}

void actor_base::unwatch(const caf::actor_addr& of, uint64_t which) {
#if TROUPE_CAF_0_17
  auto [begin, end] = watched_.equal_range(of);
  auto i =
    std::find_if(begin, end, [which](auto& x) { return x.second.id == which; });
  if (i == end)
    return;
  watched_.erase(i);
  if (!watched_.contains(of))
    demonitor(of);
#else
  static_cast<void>(of);
  if (auto x = watched_.extract(which))
    x.mapped().dispose();
#endif
}

answer<actor_status> actor_base::status(std::string text) const {
  actor_status result;
  result.kind = name();
  result.id = id();
  result.mailbox_depth = mailbox_depth();
  result.text = std::move(text);
  return result;
}

// -- requests that are refused ------------------------------------------------

caf::message actor_base::refused_status(failure why) const {
  return caf::make_message(answer<actor_status>{std::move(why)});
}

/// What a request is refused with. What a status is depends on the actor.
caf::message actor_base::refusal(const caf::mailbox_element& request,
                                 caf::sec code, failure why) const {
  if (request.content().match_elements<get_status>())
    return refused_status(std::move(why));
  return refusal_of(request, code, std::move(why));
}

void actor_base::redirect_after_end(caf::actor_addr to, redirect_fn redirect) {
  successor_ =
    std::make_unique<successor>(successor{std::move(to), std::move(redirect)});
}

/// What is in a message, to be sent once more.
static caf::message content_of(const caf::mailbox_element& x) {
#if TROUPE_CAF_0_17
  return x.copy_content_to_message();
#else
  return x.content();
#endif
}

/// Sends a message on to the actor that takes over. False: none does.
bool actor_base::hand_on(const caf::mailbox_element& x) const {
  if (!successor_ || x.mid.is_response())
    return false;
  auto to = caf::actor_cast<caf::strong_actor_ptr>(successor_->who);
  if (!to)
    return false;
  auto what = successor_->redirect(content_of(x), after_end());
  if (what.empty())
    return false;
#if TROUPE_CAF_0_17
  to->enqueue(x.sender, x.mid, std::move(what), nullptr);
#else
  to->enqueue(caf::make_mailbox_element(x.sender, x.mid, std::move(what)),
              nullptr);
#endif
  return true;
}

failure actor_base::after_end() const {
  return after_end_ ? *after_end_
                    : not_sent(errc::client_down, "the actor has ended");
}

/// Why the mailbox refuses a message; empty: it is taken and counted. Responses
/// are neither: they answer our own requests, which are bounded.
std::optional<caf::message> actor_base::refused(const caf::mailbox_element& x) {
  if (x.mid.is_response())
    return std::nullopt;
  if (has_ended()) {
    if (!x.mid.is_request())
      return std::nullopt;
    return refusal(x, caf::sec::request_receiver_down, after_end());
  }
  if (x.mid.is_request() && mailbox_depth() >= defaults::mailbox_messages_max)
    return refusal(x, caf::sec::unavailable_or_would_block, failure_of(full));
  depth_.fetch_add(1, std::memory_order_relaxed);
  return std::nullopt;
}

#if TROUPE_CAF_0_17
void actor_base::enqueue(caf::mailbox_element_ptr x,
                         caf::execution_unit* host) {
  if (has_ended() && hand_on(*x))
    return;
  auto why = refused(*x);
  if (!why)
    caf::event_based_actor::enqueue(std::move(x), host);
  else if (x->sender)
    x->sender->enqueue(ctrl(), x->mid.response_id(), std::move(*why), host);
}

/// Answers what was queued when an actor ended. CAF would send an error.
struct actor_base::bouncer {
  actor_base& self;
  caf::execution_unit* host;

  template <class Key, class Queue, class... Ts>
  caf::intrusive::task_result operator()(const Key&, const Queue&,
                                         const Ts&... xs) const {
    (bounce(xs), ...);
    return caf::intrusive::task_result::resume;
  }

  void bounce(const caf::mailbox_element& x) const {
    if (!self.hand_on(x) && x.sender && x.mid.is_request())
      x.sender->enqueue(
        self.ctrl(), x.mid.response_id(),
        self.refusal(x, caf::sec::request_receiver_down, self.after_end()),
        host);
  }
  template <class NestedQueueOrSlot>
  void bounce(const NestedQueueOrSlot&) const {
    // nop
  }
};

bool actor_base::cleanup(caf::error&& why, caf::execution_unit* host) {
  if (!mailbox().closed()) {
    mailbox().close();
    get_normal_queue().flush_cache();
    get_urgent_queue().flush_cache();
    bouncer bounce{*this, host};
    while (mailbox().queue().new_round(1000, bounce).consumed_items)
      ; // nop
  }
  return caf::event_based_actor::cleanup(std::move(why), host);
}
#else
bool actor_base::enqueue(caf::mailbox_element_ptr x, caf::scheduler* host) {
  if (has_ended() && hand_on(*x))
    return true;
  auto why = refused(*x);
  if (!why)
    return caf::event_based_actor::enqueue(std::move(x), host);
  if (x->sender)
    x->sender->enqueue(
      caf::make_mailbox_element(ctrl(), x->mid.response_id(), std::move(*why)),
      host);
  return true;
}
#endif

} // namespace troupe

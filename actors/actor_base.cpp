#include "troupe/actors/actor_base.hpp"

#include "troupe/actors/answers.hpp"
#include "troupe/actors/refusals.hpp"
#include "troupe/actors/type_ids.hpp"

#include <algorithm>

namespace troupe {

namespace {

failure failure_of(caf::sec x) {
  return troupe::failure_of(caf::make_error(x));
}

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
    turn now{*this};
    return unexpected();
  });
  set_error_handler([this](caf::error&) { turn now{*this}; });
  set_exit_handler([this](caf::exit_msg& x) {
    turn now{*this};
    on_exit_msg(x.source, x.reason);
  });
  set_down_handler([this](caf::down_msg& x) { on_down(x); });
#endif
}

caf::behavior actor_base::make_behavior() {
#if TROUPE_CAF_0_17
  return caf::behavior{handlers()};
#else
  return handlers().or_else(
    // A handler for any message gets none of these.
    [this](const caf::error&) { turn now{*this}; },
    [this](const caf::down_msg& x) { on_down(x); },
    [this](const caf::exit_msg& x) {
      turn now{*this};
      on_exit_msg(x.source, x.reason);
    },
    [this](caf::message&) -> caf::result<caf::message> {
      turn now{*this};
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
    make_response_promise().deliver(refusal(
      *now, caf::sec::runtime_error, failure_of(caf::sec::runtime_error)));
#if !TROUPE_CAF_0_17
  end_soon();
#endif
}

/// The promise may stand in a table that `on_stop` answers, with a better text:
/// then the answer made here comes second and is dropped.
void actor_base::thrown_at(asker who) {
  if (!who.who || !who.what.is_request())
    return;
  auto answer = refusal(*current_mailbox_element(), caf::sec::runtime_error,
                        failure_of(caf::sec::runtime_error));
  last_words_ =
    std::make_unique<last_words>(last_words{std::move(who), std::move(answer)});
}

// -- the end ------------------------------------------------------------------

void actor_base::quit(caf::error why) {
  caf::event_based_actor::quit(std::move(why));
#if !TROUPE_CAF_0_17
  end_soon();
#endif
}

// CAF 1.x calls it a second time, when all others have heard of the end.
void actor_base::on_exit() {
  if (has_ended())
    return;
  on_stop();
  watched_.clear();
  ended_.store(true, std::memory_order_release);
  if (auto last = std::exchange(last_words_, nullptr))
    put_into(last->to.who, caf::actor_cast<caf::strong_actor_ptr>(this),
             last->to.what.response_id(), std::move(last->answer));
}

#if !TROUPE_CAF_0_17
/// Ends it after what is being handled, and before CAF tells others.
void actor_base::end_soon() {
  delay_fn([this] { on_exit(); });
}
#endif

void actor_base::on_exit_msg(const caf::actor_addr&, const caf::error& why) {
  quit(why);
}

uint64_t actor_base::watch(const caf::actor& to, down_fn f) {
  if (!to) { // monitoring an empty handle would crash in 0.17
    f(caf::make_error(caf::exit_reason::unknown));
    return 0;
  }
  auto id = ++last_watch_;
  if (!watched_.contains(to->address())) // one monitor serves all of them
#if TROUPE_CAF_0_17
    monitor(to);
#else
    // Not a monitor that calls a function: 1.1 keeps those that were taken back
    // until the watched actor ends.
    caf::local_actor::do_monitor(caf::actor_cast<caf::abstract_actor*>(to),
                                 caf::message_priority::normal);
#endif
  watched_.insert({to->address(), {id, std::move(f)}});
  return id;
}

void actor_base::unwatch(const caf::actor_addr& of, uint64_t which) {
  auto [begin, end] = watched_.equal_range(of);
  auto i =
    std::find_if(begin, end, [which](auto& x) { return x.second.id == which; });
  if (i == end)
    return;
  watched_.erase(i);
  if (!watched_.contains(of))
#if TROUPE_CAF_0_17
    demonitor(of);
#else
    caf::local_actor::do_demonitor(caf::actor_cast<caf::strong_actor_ptr>(of));
#endif
}

void actor_base::on_down(const caf::down_msg& x) {
  turn now{*this};
  std::vector<watcher> all; // each may watch anew
  while (auto next = watched_.extract(x.source))
    all.push_back(std::move(next.mapped()));
  for (auto& watcher : all)
    watcher.f(x.reason);
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
  put_into(to, x.sender, x.mid, std::move(what));
  return true;
}

/// Answers what was queued when the actor ended. CAF would send an error.
void actor_base::bounce(const caf::mailbox_element& x) const {
  if (!hand_on(x) && x.sender && x.mid.is_request())
    put_into(x.sender, caf::actor_cast<caf::strong_actor_ptr>(address()),
             x.mid.response_id(),
             refusal(x, caf::sec::request_receiver_down, after_end()));
}

failure actor_base::after_end() const {
  return after_end_ ? *after_end_
                    : not_sent(errc::client_down, "the actor has ended");
}

/// Whether no handler will see a message: it is a function that CAF 1.x calls,
/// or a question that 0.17 answers itself.
static bool is_of_caf(const caf::mailbox_element& x) {
#if TROUPE_CAF_0_17
  auto& what = x.content();
  return what.match_elements<caf::atom_value, caf::atom_value, std::string>()
         && what.get_as<caf::atom_value>(0) == caf::sys_atom::value;
#else
  return x.content().match_elements<caf::action>();
#endif
}

/// Why the mailbox refuses a message; empty: it is taken and counted. Responses
/// are neither: they answer our own requests, which are bounded. Nor is what
/// CAF handles itself.
std::optional<caf::message> actor_base::refused(const caf::mailbox_element& x) {
  if (x.mid.is_response() || is_of_caf(x))
    return std::nullopt;
  if (has_ended()) {
    if (!x.mid.is_request())
      return std::nullopt;
    return refusal(x, caf::sec::request_receiver_down, after_end());
  }
  if (x.mid.is_request() && mailbox_depth() >= defaults::mailbox_messages_max)
    return refusal(x, caf::sec::unavailable_or_would_block,
                   failure_of(caf::sec::unavailable_or_would_block));
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

struct actor_base::bouncer {
  actor_base& self;

  template <class Key, class Queue, class... Ts>
  caf::intrusive::task_result operator()(const Key&, const Queue&,
                                         const Ts&... xs) const {
    (bounce(xs), ...);
    return caf::intrusive::task_result::resume;
  }

  void bounce(const caf::mailbox_element& x) const {
    self.bounce(x);
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
    bouncer bounce{*this};
    while (mailbox().queue().new_round(1000, bounce).consumed_items)
      ; // nop
  }
  return caf::event_based_actor::cleanup(std::move(why), host);
}
#else
bool actor_base::enqueue(caf::mailbox_element_ptr x, caf::scheduler* host) {
  if (has_ended() && hand_on(*x))
    return true;
  if (auto why = refused(*x)) {
    if (x->sender)
      put_into(x->sender, caf::actor_cast<caf::strong_actor_ptr>(this),
               x->mid.response_id(), std::move(*why));
    return true;
  }
  auto urgent = x->mid.is_urgent_message();
  auto taken = caf::event_based_actor::enqueue(std::move(x), host);
  if (urgent) // as soon as it is there to be fetched
    urgent_.store(true, std::memory_order_release);
  return taken;
}

/// CAF looks for what overtakes only when all is handled that it has fetched,
/// and fetches when it is asked how much there is.
void actor_base::fetch_urgent() {
  urgent_.store(false, std::memory_order_relaxed);
  mailbox().size();
}

void actor_base::on_cleanup(const caf::error& why) {
  on_exit();
  if (!mailbox().closed())
    while (auto x = mailbox().pop_front())
      bounce(*x);
  caf::event_based_actor::on_cleanup(why);
}
#endif

} // namespace troupe

#include "actors/caf.hpp"

#include "actors/type_ids.hpp"

#include <sched.h>

namespace troupe {

std::string to_text(const caf::error& x) {
#if TROUPE_CAF_0_17
  return x ? caf::to_string(x) : "none";
#else
  return to_string(x);
#endif
}

failure failure_of(const caf::error& x) {
  if (x == caf::sec::request_timeout)
    return {errc::timed_out, fate::outcome_unknown, "no answer in time"};
  if (x == caf::sec::unavailable_or_would_block)
    return {
      errc::overloaded, fate::not_sent, "the actor's mailbox is full", 0, {}};
  if (x == caf::sec::request_receiver_down)
    return {errc::client_down, fate::not_sent, "the actor has ended"};
  if (x == caf::sec::runtime_error)
    return {
      errc::internal_error, fate::outcome_unknown, "a handler threw", 0, {}};
  return {errc::internal_error, fate::outcome_unknown, to_text(x)};
}

// -- systems ------------------------------------------------------------------

void register_types(caf::actor_system_config& config) {
#if TROUPE_CAF_0_17
  config.add_message_types<caf::id_block::troupe>();
  config.add_message_types<caf::id_block::troupe_actors>();
#else
  (void)config;
  caf::core::init_global_meta_objects();
  caf::init_global_meta_objects<caf::id_block::troupe>();
  caf::init_global_meta_objects<caf::id_block::troupe_actors>();
#endif
}

/// 0: not known.
static size_t usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0)
    return 0;
  return static_cast<size_t>(CPU_COUNT(&set));
}

void configure_scheduler(caf::actor_system_config& config, size_t threads) {
#if TROUPE_CAF_0_17
  const std::string prefix;
  config.set("scheduler.policy", caf::atom("sharing"));
#else
  const std::string prefix = "caf.";
  config.set("caf.scheduler.policy", std::string{"sharing"});
#endif
  // Unlimited by default: one chatty actor would own a worker.
  config.set(prefix + "scheduler.max-throughput", int64_t{300});
  // CAF's own choice is four at least: on two CPUs they disturb each other.
  if (threads == 0)
    threads = usable_cpus();
  if (threads > 0)
    config.set(prefix + "scheduler.max-threads", static_cast<int64_t>(threads));
}

size_t running_actors(caf::actor_system& system) {
#if TROUPE_CAF_0_17
  return system.registry().running();
#else
  return system.running_actors_count();
#endif
}

// -- the base of all actors ---------------------------------------------------

actor_base::actor_base(caf::actor_config& config)
  : caf::event_based_actor(config) {
  set_exception_handler(
    [](std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
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
    auto i = watched_.find(x.source);
    if (i == watched_.end())
      return;
    auto all = std::move(i->second);
    watched_.erase(i);
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

// Whoever asked hears it. Whoever only told would get the error as a message,
// and by CAF's own handler die of it.
caf::result<caf::message> actor_base::unexpected() {
  auto now = current_mailbox_element();
  if (now == nullptr || !now->mid.is_request())
    return caf::message{};
  return caf::make_error(caf::sec::unexpected_message);
}

void actor_base::on_exit() {
  ended_ = true;
  on_stop();
  watched_.clear();
}

void actor_base::on_exit_msg(const caf::actor_addr&, const caf::error& why) {
  quit(why);
}

uint64_t actor_base::watch(const caf::actor& to, down_fn f) {
  if (!to) { // monitoring nobody would crash in 0.17
    f(caf::make_error(caf::exit_reason::unknown));
    return 0;
  }
  auto id = ++last_watch_;
#if TROUPE_CAF_0_17
  auto& all = watched_[to->address()];
  all.push_back({id, std::move(f)});
  if (all.size() == 1) // one monitor tells all of them
    monitor(to);
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
  auto i = watched_.find(of);
  if (i == watched_.end())
    return;
  std::erase_if(i->second, [which](auto& x) { return x.id == which; });
  if (!i->second.empty())
    return;
  watched_.erase(i);
  demonitor(of);
#else
  static_cast<void>(of);
  if (auto x = watched_.extract(which))
    x.mapped().dispose();
#endif
}

actor_status actor_base::status(std::string text) const {
  actor_status result;
  result.kind = name();
  result.id = id();
  result.mailbox_depth = mailbox_depth();
  result.text = std::move(text);
  return result;
}

// Responses are not counted: they answer our own requests, which are bounded.
bool actor_base::over_cap(caf::mailbox_element& x) {
  if (x.mid.is_response() || ended_)
    return false;
  if (x.mid.is_request() && mailbox_depth() >= defaults::mailbox_messages_max)
    return true;
  depth_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

#if TROUPE_CAF_0_17
void actor_base::enqueue(caf::mailbox_element_ptr x,
                         caf::execution_unit* host) {
  if (!over_cap(*x))
    return caf::event_based_actor::enqueue(std::move(x), host);
  if (x->sender)
    x->sender->enqueue(
      ctrl(), x->mid.response_id(),
      caf::make_message(caf::make_error(caf::sec::unavailable_or_would_block)),
      host);
}
#else
bool actor_base::enqueue(caf::mailbox_element_ptr x, caf::scheduler* host) {
  if (!over_cap(*x))
    return caf::event_based_actor::enqueue(std::move(x), host);
  if (x->sender)
    x->sender->enqueue(caf::make_mailbox_element(
                         ctrl(), x->mid.response_id(),
                         caf::make_error(caf::sec::unavailable_or_would_block)),
                       host);
  return true;
}
#endif

} // namespace troupe

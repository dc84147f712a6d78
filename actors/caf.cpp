#include "troupe/actors/caf.hpp"

#include "troupe/actors/internal_messages.hpp"
#include "troupe/actors/refusals.hpp"
#include "troupe/actors/type_ids.hpp"

#include <algorithm>
#include <sched.h>

namespace troupe {

std::string to_text(const caf::error& x) {
#if TROUPE_CAF_0_17
  return x ? caf::to_string(x) : "none";
#else
  return to_string(x);
#endif
}

namespace {

/// What CAF says of an empty handle.
#if TROUPE_CAF_0_17
constexpr auto empty_handle = caf::sec::invalid_argument;
#else
constexpr auto empty_handle = caf::sec::invalid_request;
#endif

failure threw() {
  return {errc::internal_error, fate::outcome_unknown, "a handler threw"};
}

failure full() {
  auto result = not_sent(errc::overloaded, "the actor's mailbox is full");
  result.retry_after = defaults::retry_soon;
  return result;
}

} // namespace

failure failure_of(const caf::error& x) {
  if (auto told = carried_by<failure>(x))
    return *told;
  if (x == caf::sec::request_timeout)
    return {errc::timed_out, fate::outcome_unknown, "no answer in time"};
  if (x == caf::sec::unavailable_or_would_block)
    return full();
  if (x == caf::sec::request_receiver_down)
    return not_sent(errc::client_down, "the actor has ended");
  if (x == caf::sec::runtime_error)
    return threw();
  if (x == empty_handle)
    return not_sent(errc::invalid_argument, "the actor's handle is empty");
  if (x == caf::sec::unexpected_response)
    return {errc::internal_error, fate::outcome_unknown,
            "the actor answered with another type than was asked for"};
  if (x == caf::sec::unexpected_message)
    return not_sent(errc::invalid_argument,
                    "the actor does not take such a message");
  return {errc::internal_error, fate::outcome_unknown, to_text(x)};
}

void exit_now(const caf::actor& to, caf::exit_reason why) {
  if (to)
    put_into(caf::actor_cast<caf::strong_actor_ptr>(to), nullptr,
             caf::make_message_id(caf::message_priority::high),
             caf::make_message(caf::exit_msg{to->address(), why}));
}

void receipt::deliver() {
#if TROUPE_CAF_0_17
  to_.deliver(caf::unit);
#else
  to_.deliver();
#endif
}

// -- systems ------------------------------------------------------------------

/// An entry in the configuration: our types are registered.
static constexpr auto registered = "troupe.registered";

void register_types(caf::actor_system_config& config) {
#if TROUPE_CAF_0_17
  config.add_message_types<caf::id_block::troupe>();
  config.add_message_types<caf::id_block::troupe_actors>();
#else
  // Of the process, not of a system.
  [[maybe_unused]] static const bool once = [] {
    caf::core::init_global_meta_objects();
    caf::init_global_meta_objects<caf::id_block::troupe>();
    caf::init_global_meta_objects<caf::id_block::troupe_actors>();
    caf::init_global_meta_objects<caf::id_block::troupe_local>();
    return true;
  }();
#endif
  caf::put(config.content, registered, true);
}

thread_visit::thread_visit(caf::actor_system& system)
  : at_home_(caf::logger::current_logger() == &system.logger()) {
  // nop
}

thread_visit::~thread_visit() {
  if (!at_home_)
    CAF_SET_LOGGER_SYS(nullptr);
}

/// Whether the calling thread has its thread-local objects no more: static ones
/// are destroyed after those of their thread. What the answer stands in has no
/// destructor, and may be read even then.
static thread_local bool locals_gone = false;

static void watch_locals() {
  struct last_words {
    ~last_words() {
      locals_gone = true;
    }
  };
  static thread_local last_words at_the_end;
  (void)&at_the_end;
}

void thread_visit::forget(caf::actor_system& system) {
  watch_locals();
  if (!locals_gone && caf::logger::current_logger() == &system.logger())
    CAF_SET_LOGGER_SYS(nullptr);
}

bool is_configured(const caf::actor_system& system) {
  return caf::get_or(system.config(), registered, false);
}

/// CPUs that this process may run on; 0: unknown.
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

/// Also 1.1 has it in the registry, where what comes after it has not.
template <class System>
static size_t count_of(System& system) {
  if constexpr (requires { system.running_actors_count(); })
    return system.running_actors_count();
  else
    return system.registry().running();
}

size_t running_actors(caf::actor_system& system) {
  return count_of(system);
}

} // namespace troupe

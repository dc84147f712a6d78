#pragma once

#include <caf/actor_clock.hpp>
#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/console_printer.hpp>
#include <caf/detail/actor_system_access.hpp>
#include <caf/detail/actor_system_impl.hpp>
#include <caf/local_actor.hpp>
#include <caf/logger.hpp>
#include <caf/scheduler.hpp>

namespace troupe::test {

/// The inside of an actor system, for what comes after CAF 1.1, where a program
/// can bring its own: all of it is that of a system of CAF's, but what a class
/// derived from it makes otherwise.
class borrowed_system : public caf::detail::actor_system_impl {
public:
  explicit borrowed_system(caf::actor_system_config& config) : lender_(config) {
    // nop
  }

  caf::telemetry::actor_metrics
  make_actor_metrics(std::string_view name) override {
    return its().make_actor_metrics(name);
  }
  void start(caf::actor_system&) override {
    // nop
  }
  void thread_started(caf::thread_owner owner) override {
    its().thread_started(owner);
  }
  void thread_terminates() override {
    its().thread_terminates();
  }
  size_t inc_running_actors_count(caf::actor_id who) override {
    return its().inc_running_actors_count(who);
  }
  size_t dec_running_actors_count(caf::actor_id who) override {
    return its().dec_running_actors_count(who);
  }
  void await_running_actors_count_equal(size_t expected,
                                        caf::timespan timeout) override {
    its().await_running_actors_count_equal(expected, timeout);
  }
  caf::detail::global_meta_objects_guard_type
  meta_objects_guard() const noexcept override {
    return lender_.meta_objects_guard();
  }
  caf::actor_system_config& config() override {
    return its().config();
  }
  const caf::actor_system_config& config() const override {
    return lender_.config();
  }
  size_t detached_actors() const noexcept override {
    return lender_.detached_actors();
  }
  bool await_actors_before_shutdown() const override {
    return lender_.await_actors_before_shutdown();
  }
  void await_actors_before_shutdown(bool x) override {
    lender_.await_actors_before_shutdown(x);
  }
  caf::telemetry::metric_registry& metrics() noexcept override {
    return lender_.metrics();
  }
  const caf::telemetry::metric_registry& metrics() const noexcept override {
    return lender_.metrics();
  }
  const caf::node_id& node() const override {
    return lender_.node();
  }
  caf::logger& logger() override {
    return lender_.logger();
  }
  caf::actor_registry& registry() override {
    return lender_.registry();
  }
  std::span<std::unique_ptr<caf::actor_system_module>> modules() override {
    return its().modules();
  }
  caf::actor_id next_actor_id() override {
    return its().next_actor_id();
  }
  caf::actor_id latest_actor_id() const override {
    return lender_.latest_actor_id();
  }
  size_t running_actors_count() const override {
    return lender_.running_actors_count();
  }
  caf::detail::private_thread* acquire_private_thread() override {
    return its().acquire_private_thread();
  }
  void release_private_thread(caf::detail::private_thread* x) override {
    its().release_private_thread(x);
  }
  caf::detail::mailbox_factory* mailbox_factory() override {
    return its().mailbox_factory();
  }
  void redirect_text_output(std::unique_ptr<caf::console_printer> x) override {
    its().redirect_text_output(std::move(x));
  }
  void do_print(caf::term color, const char* text, size_t size) override {
    its().do_print(color, text, size);
  }
  void set_node(caf::node_id x) override {
    its().set_node(x);
  }
  void message_rejected(caf::abstract_actor* x) override {
    its().message_rejected(x);
  }
  void max_throughput_reached(caf::abstract_actor* x) override {
    its().max_throughput_reached(x);
  }
  void launch(caf::local_actor* x, caf::scheduler* on,
              caf::spawn_options how) override {
    its().launch(x, on, how);
  }

private:
  caf::detail::actor_system_impl& its() {
    return *caf::detail::actor_system_access{lender_}.impl();
  }

  caf::actor_system lender_;
};

} // namespace troupe::test

#include "troupe/tests/support/live_world.hpp"
#include "troupe/tests/support/chosen_scheduler.hpp"

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/blocking.hpp"
#include "troupe/actors/runtime.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/tests/support/child.hpp"
#include "troupe/tests/support/errand.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/live_log.hpp"
#include "troupe/tests/support/scratch_folder.hpp"
#include "troupe/transports/guard/process_mark.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>
#include <stdlib.h>
#include <unistd.h>

namespace troupe::test {

namespace {

/// The test's hand among the actors: asks, observes, and keeps what it hears.
class agent : public actor_base {
public:
  agent(caf::actor_config& config, std::shared_ptr<live_log> log)
    : actor_base(config), log_(std::move(log)) {
    // nop
  }

  const char* name() const override {
    return "test.agent";
  }

protected:
  caf::message_handler handlers() override {
    return table([this](const errand& x) { x.run(this); },
                 [this](const client_event& x) { log_->add(x); },
                 [this](const diagnostic& x) { log_->add(x); },
                 [this](const call_progress& x) { log_->add(x); });
  }

  void on_stop() override {
    // nop
  }

private:
  std::shared_ptr<live_log> log_;
};

runtime_options options_for(gate starts, const live_world::edit_options& more) {
  runtime_options x;
  if (more)
    more(x);
  x.warden = TROUPE_TEST_WARDEN;
  if (starts == gate::as_shipped)
    return x;
  x.starts.burst = 10'000;
  x.starts.refill = milliseconds{1};
  x.starts.per_minute = 100'000;
  x.starts.commanded_per_minute = 10'000;
  x.starts.concurrent = 16;
  x.starts.live_max = 256;
  return x;
}

caf::actor_system_config& configured(caf::actor_system_config& x) {
  register_errands(x);
  configure(x, chosen_scheduler(), 2);
  return x;
}

} // namespace

struct live_world::parts {
  /// What the kernel counts of this process.
  struct footprint {
    size_t fds = leaks::fds_of(getpid());
    size_t threads = leaks::threads_of(getpid());
  };

  parts(gate starts, const edit_options& more)
    : system(configured(config)), log(std::make_shared<live_log>()),
      hand(system.spawn<agent>(log)), actors(running_actors(system)),
      all(system, options_for(starts, more)) {
    do_as_agent([to = all.monitor()](caf::event_based_actor* self) {
      tell(self, to, observe{});
    });
  }

  ~parts() {
    exit_now(hand, caf::exit_reason::user_shutdown);
  }

  void do_as_agent(std::function<void(caf::event_based_actor*)> what) {
    tell_anon(hand, errand{std::move(what)});
  }

  /// Asks the registry.
  template <class Message>
  pending<result_of<Message>> start(Message x) {
    using reply = answer<result_of<Message>>;
    auto to = std::make_shared<std::promise<reply>>();
    pending<result_of<Message>> result{to->get_future().share()};
    do_as_agent([=, whom = all.registry()](caf::event_based_actor* self) {
      troupe::ask(self, whom, x).then([to](reply y) {
        to->set_value(std::move(y));
      });
    });
    return result;
  }

  template <class Message>
  answer<result_of<Message>> wait_for(Message x) {
    return start(std::move(x)).get();
  }

  footprint before;
  std::shared_ptr<scratch_folder> folder = std::make_shared<scratch_folder>();
  caf::actor_system_config config;
  caf::actor_system system;
  std::shared_ptr<live_log> log;
  caf::actor hand;
  size_t actors;    // without the runtime's
  pid_t warden = 0; // the last one, once it was asked for
  runtime all;
};

live_world::live_world(gate starts, const edit_options& more) {
  set_alarm(150);
  parts_ = std::make_unique<parts>(starts, more);
}

live_world::~live_world() {
  auto before = parts_->before;
  auto folder = parts_->folder; // goes last
  auto report = stop_all();
  auto warden = parts_->warden;
  for (size_t i = 0; i < report.names.size(); ++i)
    UNSCOPED_INFO(report.names[i] << ": " << to_string(report.reports[i].left)
                                  << " " << report.reports[i].text);
  CHECK(report.clean);
  CHECK(leaks::eventually(
    [&] { return running_actors(parts_->system) == parts_->actors; }));
  parts_.reset();
  auto self = getpid();
  CHECK(leaks::eventually([] { return servers(getpid()).empty(); }));
  // The warden's parent is process 1.
  CHECK(leaks::eventually([&] { return leaks::is_gone(warden); }));
  CHECK(leaks::eventually([&] { return leaks::descendants_of(self).empty(); }));
  CHECK(leaks::eventually(
    [&] { return leaks::threads_of(self) == before.threads; }));
  CHECK(leaks::eventually([&] { return leaks::fds_of(self) == before.fds; }));
}

// -- what to start ------------------------------------------------------------

server_spec live_world::demo(std::string name,
                             std::vector<std::string> options) const {
  server_spec x;
  x.name = std::move(name);
  x.command = TROUPE_TEST_DEMO;
  x.args = std::move(options);
  x.timeouts.stop_grace = 200ms;
  x.restart.backoff_first = 20ms;
  x.restart.backoff_factor = 1;
  x.restart.jitter = 0;
  x.restart.intensity = 1000;
  return x;
}

std::string live_world::file(const std::string& name) const {
  return parts_->folder->file(name);
}

// -- asked and waited for -----------------------------------------------------

void live_world::open(const server_spec& spec) {
  auto opened = parts_->wait_for(open_client{spec});
  if (!opened.ok())
    throw std::runtime_error(opened.error.text);
}

client_status live_world::open_ready(const server_spec& spec) {
  open(spec);
  auto x = ready(spec.name);
  if (!x.ok())
    throw std::runtime_error(spec.name + " is not ready: " + x.error.text);
  return x.value;
}

answer<client_status> live_world::ready(const std::string& server) {
  return start_ready(server).get();
}

answer<client_status> live_world::reload(const std::string& server,
                                         std::vector<server_spec> spec) {
  return parts_->wait_for(by_name<troupe::reload>{
    server, troupe::reload{milliseconds{0}, {spec.begin(), spec.end()}}});
}

answer<call_tool_result> live_world::call(const std::string& server,
                                          call_tool what) {
  return start_call(server, std::move(what)).get();
}

bool live_world::echoes(const std::string& server) {
  auto x = call(server, tool_call("echo", R"({"text":"hello"})"));
  UNSCOPED_INFO(server << ": " << x.error.text);
  return x.ok() && x.value.text() == "hello";
}

answer<tool_list> live_world::list(const std::string& server) {
  return parts_->wait_for(by_name<list_tools>{server, {true}});
}

answer<stop_report> live_world::close(const std::string& server) {
  return start_close(server).get();
}

client_status live_world::status(const std::string& server) {
  for (auto& x : tree().clients)
    if (x.name == server)
      return x;
  throw std::runtime_error("no client of " + server);
}

tree_status live_world::tree() {
  return ask(parts_->system, parts_->all.monitor(), get_tree{}, patience).value;
}

stop_all_report live_world::stop_all() {
  if (parts_->warden == 0)
    parts_->warden = tree().warden_pid;
  return parts_->all.stop();
}

// -- asked now, answered later ------------------------------------------------

pending<call_tool_result> live_world::start_call(const std::string& server,
                                                 call_tool what) {
  return parts_->start(by_name<call_tool>{server, std::move(what)});
}

pending<client_status> live_world::start_ready(const std::string& server) {
  return parts_->start(by_name<troupe::ensure_ready>{server, {}});
}

pending<client_status> live_world::start_reload(const std::string& server) {
  return parts_->start(by_name<troupe::reload>{server, {}});
}

pending<stop_report> live_world::start_close(const std::string& server) {
  return parts_->start(by_name<close_client>{server, {}});
}

// Only the client knows the tag; the registry passes on no cancellation.
void live_world::cancel(const std::string& server, uint64_t tag) {
  auto found = parts_->wait_for(find_client{server});
  parts_->do_as_agent(
    [to = found.value.handle, tag](caf::event_based_actor* self) {
      tell(self, to, cancel_call{tag});
    });
}

// -- what happened ------------------------------------------------------------

client_event live_world::await(const std::string& server, phase to,
                               uint64_t incarnation) {
  return parts_->log->await_event(
    [&](const client_event& x) {
      return x.server == server && x.to == to && x.incarnation >= incarnation;
    },
    patience);
}

std::vector<client_event> live_world::events(const std::string& server) const {
  auto all = parts_->log->events();
  std::erase_if(all, [&](auto& x) { return x.server != server; });
  return all;
}

bool live_world::told_before(phase first, phase then,
                             const std::vector<std::string>& servers) const {
  size_t told = 0;
  for (auto& x : parts_->log->events()) {
    if (std::find(servers.begin(), servers.end(), x.server) == servers.end())
      continue;
    if (x.to == then)
      break;
    told += x.to == first ? 1 : 0;
  }
  return told == servers.size();
}

diagnostic live_world::await_remark(const std::string& server,
                                    diagnostic::kind what,
                                    const std::string& text) {
  return parts_->log->await_remark(
    [&](const diagnostic& x) {
      return x.server == server && x.what == what
             && x.text.find(text) != x.text.npos;
    },
    patience);
}

size_t live_world::remarks(const std::string& server,
                           diagnostic::kind what) const {
  auto all = parts_->log->remarks();
  return static_cast<size_t>(
    std::count_if(all.begin(), all.end(), [&](auto& x) {
      return x.server == server && x.what == what;
    }));
}

void live_world::await_progress(uint64_t tag, size_t times) {
  parts_->log->await_progress(tag, times, patience);
}

size_t live_world::progress(uint64_t tag) const {
  return parts_->log->progress(tag);
}

// -- what the kernel says -----------------------------------------------------

std::vector<pid_t> live_world::servers(pid_t host) {
  return leaks::carrying_start(std::string{mark_name} + "="
                               + std::to_string(host) + "."
                               + std::to_string(start_of(host)) + ".");
}

} // namespace troupe::test

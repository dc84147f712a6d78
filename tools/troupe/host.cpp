#include "troupe/tools/troupe/host.hpp"

#include "troupe/actors/blocking.hpp"
#include "troupe/actors/config.hpp"
#include "troupe/actors/runtime.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/tools/troupe/cli_actors.hpp"

#include <algorithm>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace troupe::cli {

namespace {

/// Throws if so many threads cannot be started at a time. CAF starts one after
/// the other, and where the last one fails, the others abort the process.
void demand_threads(size_t count) {
  std::promise<void> enough;
  std::vector<std::thread> all;
  auto release = [&] {
    enough.set_value();
    for (auto& x : all)
      x.join();
  };
  auto wait = [until = enough.get_future().share()] { until.wait(); };
  try {
    while (all.size() < count)
      all.emplace_back(wait);
  } catch (...) {
    release();
    throw;
  }
  release();
}

/// The threads of CAF (workers, clock, printer), the one for pipes, and our
/// own.
size_t threads_of(const caf::actor_system_config& config) {
  constexpr int64_t by_itself = 4; // the least that CAF chooses by itself
  auto workers =
    std::max(caf::get_or(config, "scheduler.max-threads", by_itself),
             caf::get_or(config, "caf.scheduler.max-threads", int64_t{0}));
  return static_cast<size_t>(workers) + 4;
}

runtime_options with_places(uint32_t live_max) {
  runtime_options result;
  result.starts.live_max = live_max;
  return result;
}

} // namespace

struct host::parts {
  struct system_config : caf::actor_system_config {
    system_config() {
      configure(*this);
      demand_threads(threads_of(*this));
    }
  };

  system_config config;
  caf::actor_system system{config};
  troupe::runtime runtime;
  post_fn post;
  listeners heard;
  std::shared_ptr<event_feed> feed = std::make_shared<event_feed>();
  /// Null after our end; only read on the main thread.
  std::shared_ptr<parts*> alive = std::make_shared<parts*>(this);
  /// Called with the report of `stopping`, a thread that is made at the start
  /// because none may be left at the end.
  std::function<void(stop_all_report)> on_stopped;
  std::promise<bool> stop_wanted;
  bool is_stop_told = false;
  std::thread stopping;

  parts(post_fn how, listeners what, uint32_t live_max)
    : runtime(system, with_places(live_max)), post(std::move(how)),
      heard(std::move(what)) {
    system.spawn<observer>(runtime.monitor(), feed,
                           [post = post, alive = alive] {
                             post([alive] {
                               if (*alive)
                                 (*alive)->tell_events();
                             });
                           });
    stopping = std::thread{[this] {
      if (stop_wanted.get_future().get())
        tell_stopped(runtime.stop());
    }};
  }

  ~parts() {
    tell_stopper(false);
    if (stopping.joinable())
      stopping.join();
  }

  void tell_stopper(bool stop) {
    if (!std::exchange(is_stop_told, true))
      stop_wanted.set_value(stop);
  }

  void tell_stopped(const stop_all_report& report) {
    post([alive = alive, report] {
      if (*alive)
        (*alive)->on_stopped(report);
    });
  }

  void tell_events() {
    auto taken = feed->take();
    if (taken.dropped > 0)
      heard.on_dropped(taken.dropped);
    for (auto& x : taken.events) {
      if (auto event = std::get_if<client_event>(&x))
        heard.on_event(*event);
      else
        heard.on_diagnostic(std::get<diagnostic>(x));
    }
  }

  /// Wraps a function so that it is called on the main thread, while this
  /// lives.
  template <class T>
  done<T> bring_home(done<T> then) {
    return [post = post, alive = alive, then](answer<T> x) {
      post([alive, then, x = std::move(x)]() mutable {
        if (*alive)
          then(std::move(x));
      });
    };
  }

  /// Wraps a function for progress so that it is called on the main thread,
  /// while this lives. The newest progress replaces one that was not taken yet.
  caller::progress_fn
  bring_last(std::function<void(const call_progress&)> then) {
    if (!then)
      return nullptr;
    struct last_news {
      std::mutex mutex;
      std::optional<call_progress> value; // guarded by mutex
    };
    auto take = [alive = alive, then](last_news& from) {
      std::unique_lock guard{from.mutex};
      auto news = std::exchange(from.value, std::nullopt);
      guard.unlock();
      if (*alive && news)
        then(*news);
    };
    return [post = post, take,
            last = std::make_shared<last_news>()](const call_progress& x) {
      std::unique_lock guard{last->mutex};
      auto first = !last->value;
      last->value = x;
      guard.unlock();
      if (first)
        post([take, last] { take(*last); });
    };
  }

  /// Asks an actor of the runtime's.
  template <class Handle, class Message, class T>
  void ask(const Handle& whom, Message what, done<T> then) {
    system.spawn<question<Handle, Message>>(whom, std::move(what),
                                            bring_home(std::move(then)));
  }
};

host::host(post_fn post, listeners heard, uint32_t live_max)
  : parts_(new parts{std::move(post), std::move(heard), live_max}) {
  // nop
}

host::~host() {
  *parts_->alive = nullptr;
}

void host::open(server_spec spec, std::function<void(failure)> then) {
  auto home = parts_->bring_home(
    done<bool>{[then](const answer<bool>& x) { then(x.error); }});
  // The handle stays behind: no handle may outlive the actor system.
  parts_->system.spawn<question<registry_handle, open_client>>(
    parts_->runtime.registry(), open_client{std::move(spec)},
    [home](answer<client_ref> x) { home(answer<bool>{std::move(x.error)}); });
}

void host::ensure_ready(const std::string& server, done<client_status> then) {
  parts_->ask(parts_->runtime.registry(),
              by_name<troupe::ensure_ready>{server, {}}, std::move(then));
}

void host::tools(const std::string& server, done<tool_list> then) {
  parts_->ask(parts_->runtime.registry(), by_name<list_tools>{server, {}},
              std::move(then));
}

std::function<void()>
host::call(const std::string& server, call_tool what,
           done<call_tool_result> then,
           std::function<void(const call_progress&)> on_progress) {
  auto& p = *parts_;
  caf::actor who = p.system.spawn<caller>(
    p.runtime.registry(), server, std::move(what),
    p.bring_home(std::move(then)), p.bring_last(std::move(on_progress)));
  return [who] { tell_anon(who, cancel_call{1}); };
}

void host::reload(const std::string& server, std::vector<server_spec> spec,
                  done<client_status> then) {
  parts_->ask(
    parts_->runtime.registry(),
    by_name<troupe::reload>{
      server, troupe::reload{milliseconds{0}, {spec.begin(), spec.end()}}},
    std::move(then));
}

void host::close(const std::string& server, milliseconds drain,
                 done<stop_report> then) {
  parts_->ask(parts_->runtime.registry(),
              by_name<close_client>{server, close_client{drain}},
              std::move(then));
}

void host::tree(done<tree_status> then) {
  parts_->ask(parts_->runtime.monitor(), get_tree{}, std::move(then));
}

void host::stop(std::function<void(stop_all_report)> then) {
  if (parts_->is_stop_told)
    return;
  parts_->on_stopped = std::move(then);
  parts_->tell_stopper(true);
}

} // namespace troupe::cli

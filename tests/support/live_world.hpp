#pragma once

#include "troupe/messages/commands.hpp"

#include <functional>
#include <future>
#include <memory>
#include <stdexcept>

#include <sys/types.h>

namespace troupe {
struct runtime_options;
}

namespace troupe::test {

using namespace std::chrono_literals;

/// Far above what anything takes here, on a machine that is busy, too.
inline constexpr auto patience = 40s;

/// The answer to a request that is under way.
template <class T>
class pending {
public:
  explicit pending(std::shared_future<answer<T>> from)
    : from_(std::move(from)) {
    // nop
  }

  bool open() const {
    return from_.wait_for(0s) != std::future_status::ready;
  }

  /// Waits for it; throws where it does not come in time.
  const answer<T>& get() const {
    if (from_.wait_for(patience) != std::future_status::ready)
      throw std::runtime_error("a request was never answered");
    return from_.get();
  }

  const answer<T>* operator->() const {
    return &get();
  }

private:
  std::shared_future<answer<T>> from_;
};

/// How many starts the world's gate lets through.
enum class gate { raised, as_shipped };

/// The real runtime with the real warden, for a test's thread to drive by
/// servers' names. Its end is a test of its own: everything is stopped, and the
/// kernel is asked what is left of processes, descriptors and threads. All
/// waits are bounded and throw; the test has an alarm besides.
class live_world {
public:
  /// What a test changes of the runtime's options.
  using edit_options = std::function<void(runtime_options&)>;

  explicit live_world(gate starts = gate::raised,
                      const edit_options& more = nullptr);
  ~live_world();
  live_world(const live_world&) = delete;
  live_world& operator=(const live_world&) = delete;

  // -- what to start

  /// The demo server with these options, with short graces and waits.
  server_spec demo(std::string name,
                   std::vector<std::string> options = {}) const;
  /// A path in a folder that lives as long as this world.
  std::string file(const std::string& name) const;

  // -- asked and waited for

  /// Adds a server; throws if it is refused.
  void open(const server_spec& spec);
  /// Adds a server and waits until it is ready; throws if it never is.
  client_status open_ready(const server_spec& spec);
  answer<client_status> ready(const std::string& server);
  answer<client_status> reload(const std::string& server,
                               std::vector<server_spec> spec = {});
  answer<call_tool_result> call(const std::string& server, call_tool what);
  /// Calls `echo`; whether its text came back.
  bool echoes(const std::string& server);
  answer<tool_list> list(const std::string& server);
  answer<stop_report> close(const std::string& server);
  client_status status(const std::string& server);
  tree_status tree();
  stop_all_report stop_all();

  // -- asked now, answered later

  pending<call_tool_result> start_call(const std::string& server,
                                       call_tool what);
  pending<client_status> start_ready(const std::string& server);
  pending<client_status> start_reload(const std::string& server);
  pending<stop_report> start_close(const std::string& server);
  /// Cancels a call that `start_call` began.
  void cancel(const std::string& server, uint64_t tag);

  // -- what happened

  /// Waits for the move to that phase, in that incarnation or a later one.
  client_event await(const std::string& server, phase to,
                     uint64_t incarnation = 1);
  std::vector<client_event> events(const std::string& server) const;
  /// Whether each of these moved to `first` before one of them moved to `then`.
  bool told_before(phase first, phase then,
                   const std::vector<std::string>& servers) const;
  /// Waits for a remark with this text in it.
  diagnostic await_remark(const std::string& server, diagnostic::kind what,
                          const std::string& text = "");
  size_t remarks(const std::string& server, diagnostic::kind what) const;
  void await_progress(uint64_t tag, size_t times);
  size_t progress(uint64_t tag) const;

  // -- what the kernel says

  /// The living processes that a host's runtimes have started: what carries
  /// its mark.
  static std::vector<pid_t> servers(pid_t host);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// A tool call with arguments.
inline call_tool tool_call(std::string name, std::string arguments = "{}") {
  return {std::move(name), json::trusted(std::move(arguments))};
}

} // namespace troupe::test

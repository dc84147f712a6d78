#pragma once

#include "troupe/tests/support/live_world.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace troupe::test {

/// What became of one call of a load.
struct call_outcome {
  std::string client;
  std::string text;   ///< unlike that of every other call
  failure error;      ///< none: it was answered
  bool right = false; ///< the answer holds the text
};

/// Calls without an end: for each client a thread of its own keeps some under
/// way, each with a text of its own. Thread-safe.
class call_load {
public:
  using maker = std::function<call_tool(const std::string& text)>;

  struct options {
    std::vector<std::string> clients;
    size_t window = 8; ///< calls that each has under way
    maker make;
  };

  call_load(live_world& w, options what);
  ~call_load();

  /// Waits until each client has had so many more answers; throws where one
  /// has not in time.
  void await_answers(size_t more);
  /// Begins no more calls, waits for those under way, and gives all.
  std::vector<call_outcome> stop();

private:
  struct open_call {
    std::string text;
    pending<call_tool_result> answer;
  };

  void drive(const std::string& client);
  open_call begin(const std::string& client, size_t number);
  void end(const std::string& client, const open_call& x);

  live_world& world_;
  const options options_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<call_outcome> outcomes_;     // guarded by mutex_
  std::map<std::string, size_t> answered_; // guarded by mutex_; by client
  std::vector<std::thread> threads_;
};

} // namespace troupe::test

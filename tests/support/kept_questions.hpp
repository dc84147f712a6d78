#pragma once

#include "troupe/tests/support/callback_gate.hpp"
#include "troupe/transports/credentials.hpp"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>

namespace troupe {

/// A question to a source of credentials. Without a refusal its status is 0.
struct kept_question {
  credential_challenge what;
  credential_reply then;

  /// Waits until the question is given up. False: it was not, in time.
  bool is_stopped() const {
    auto mutex = std::mutex{};
    auto stopped = std::condition_variable_any{};
    auto held = std::unique_lock{mutex};
    stopped.wait_for(held, what.request.stop, callback_gate::patience,
                     [] { return false; });
    return what.request.stop.stop_requested();
  }
};

/// A source of credentials that answers nothing by itself: it keeps the
/// questions for the test. Thread-safe.
class kept_questions : public credential_source {
public:
  void authorization(credential_request request,
                     credential_reply then) override {
    keep({{std::move(request), 0, {}, {}, false}, std::move(then)});
  }

  void challenged(credential_challenge challenge,
                  credential_reply then) override {
    keep({std::move(challenge), std::move(then)});
  }

  /// Takes the oldest question; throws where none comes in time.
  kept_question next() {
    auto held = std::unique_lock{mutex_};
    if (!changed_.wait_for(held, callback_gate::patience,
                           [this] { return !kept_.empty(); }))
      throw std::runtime_error{"no question came"};
    auto result = std::move(kept_.front());
    kept_.pop_front();
    return result;
  }

  size_t size() const {
    auto held = std::unique_lock{mutex_};
    return kept_.size();
  }

private:
  void keep(kept_question x) {
    auto held = std::unique_lock{mutex_};
    kept_.push_back(std::move(x));
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<kept_question> kept_; // guarded by mutex_
};

/// What a source answers that is asked on this thread. Throws what that does.
inline answer<std::string> ask(credential_source& source,
                               const std::string& origin) {
  auto given = std::make_shared<std::promise<answer<std::string>>>();
  auto result = given->get_future();
  source.authorization({origin, {}, {}}, credential_reply{[given](auto x) {
                         given->set_value(std::move(x));
                       }});
  if (result.wait_for(callback_gate::patience) != std::future_status::ready)
    throw std::runtime_error{"no answer came"};
  return result.get();
}

} // namespace troupe

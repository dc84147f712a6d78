#include "troupe/transports/credentials.hpp"

#include "troupe/transports/ordered_mutex.hpp"

#include "troupe/transports/guarded.hpp"

#include <atomic>

namespace troupe {

// -- the reply ----------------------------------------------------------------

class credential_reply::question {
public:
  explicit question(sink to) : to_(std::move(to)) {
    // nop
  }

  ~question() {
    answer({failure{errc::internal_error, fate::not_sent,
                    "the source of credentials dropped a question without an "
                    "answer"}});
  }

  question(const question&) = delete;
  question& operator=(const question&) = delete;

  void answer(troupe::answer<std::string> x) {
    if (answered_.exchange(true))
      return;
    auto to = std::move(to_); // what it holds goes with the answer
    guarded([&] { to(std::move(x)); });
  }

private:
  std::atomic<bool> answered_{false};
  sink to_; // of the one that sets `answered_`
};

credential_reply::credential_reply(sink to)
  : question_(std::make_shared<question>(std::move(to))) {
  // nop
}

void credential_reply::give(std::string authorization) const {
  if (question_) // one that was moved from has none
    question_->answer(std::move(authorization));
}

void credential_reply::fail(failure why) const {
  if (why.code == errc::none) // would be taken for a value
    why.code = errc::internal_error;
  if (question_)
    question_->answer(std::move(why));
}

// -- the source ---------------------------------------------------------------

struct credential_source::watchers {
  ordered_mutex<lock_rank::leaf> mutex;
  std::vector<std::weak_ptr<std::function<void()>>> all; // by mutex
};

credential_source::credential_source()
  : watchers_(std::make_unique<watchers>()) {
  // nop
}

credential_source::~credential_source() = default;

void credential_source::tell_changed() {
  auto held = std::unique_lock{watchers_->mutex};
  auto all = watchers_->all;
  held.unlock();
  for (auto& x : all)
    if (auto f = x.lock())
      (*f)();
}

void credential_source::watch(std::weak_ptr<std::function<void()>> f) {
  auto held = std::unique_lock{watchers_->mutex};
  std::erase_if(watchers_->all, [](auto& x) { return x.expired(); });
  watchers_->all.push_back(std::move(f));
}

} // namespace troupe

#include "troupe/tests/servers/call_load.hpp"

#include <algorithm>
#include <deque>

namespace troupe::test {

call_load::call_load(live_world& w, options what)
  : world_(w), options_(std::move(what)) {
  for (auto& x : options_.clients)
    threads_.emplace_back([this, x] { drive(x); });
}

call_load::~call_load() {
  stop();
}

void call_load::await_answers(size_t more) {
  std::unique_lock held{mutex_};
  auto before = answered_;
  auto has_more = [&](auto& x) { return answered_[x] >= before[x] + more; };
  auto all_have = [&] {
    return std::all_of(options_.clients.begin(), options_.clients.end(),
                       has_more);
  };
  if (!changed_.wait_for(held, patience, all_have))
    throw std::runtime_error("a client has no answers any more");
}

std::vector<call_outcome> call_load::stop() {
  stopping_ = true;
  for (auto& x : threads_)
    x.join();
  threads_.clear();
  std::lock_guard held{mutex_};
  return outcomes_;
}

void call_load::drive(const std::string& client) {
  std::deque<open_call> open;
  size_t number = 0;
  while (!stopping_) {
    while (open.size() < options_.window)
      open.push_back(begin(client, ++number));
    end(client, open.front());
    open.pop_front();
  }
  for (auto& x : open)
    end(client, x);
}

call_load::open_call call_load::begin(const std::string& client,
                                      size_t number) {
  auto text = client + "-" + std::to_string(number) + ".";
  return {text, world_.start_call(client, options_.make(text))};
}

void call_load::end(const std::string& client, const open_call& x) {
  call_outcome result{client, x.text, {}, false};
  try {
    auto& answer = x.answer.get();
    result.error = answer.error;
    result.right =
      answer.ok() && answer.value.text().find(x.text) != x.text.npos;
  } catch (const std::runtime_error& never) {
    // The only way to have this code here.
    result.error = {errc::none, fate::outcome_unknown, never.what()};
  }
  std::lock_guard held{mutex_};
  answered_[client] += result.right ? 1 : 0;
  outcomes_.push_back(std::move(result));
  changed_.notify_all();
}

} // namespace troupe::test

#pragma once

#include "troupe/messages/commands.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace troupe::test {

/// What a world's actors told, kept for a test's thread. Thread-safe.
class live_log {
public:
  void add(const client_event& x) {
    add_to(events_, x);
  }

  void add(const diagnostic& x) {
    add_to(remarks_, x);
  }

  void add(const call_progress& x) {
    std::lock_guard held{mutex_};
    ++progress_[x.tag];
    changed_.notify_all();
  }

  std::vector<client_event> events() const {
    std::lock_guard held{mutex_};
    return events_;
  }

  std::vector<diagnostic> remarks() const {
    std::lock_guard held{mutex_};
    return remarks_;
  }

  size_t progress(uint64_t tag) const {
    std::lock_guard held{mutex_};
    auto i = progress_.find(tag);
    return i == progress_.end() ? 0 : i->second;
  }

  /// The first event for which `wanted` holds; waits for it, or throws.
  template <class Wanted, class Time>
  client_event await_event(Wanted wanted, Time most) {
    return await(events_, wanted, most);
  }

  template <class Wanted, class Time>
  diagnostic await_remark(Wanted wanted, Time most) {
    return await(remarks_, wanted, most);
  }

  template <class Time>
  void await_progress(uint64_t tag, size_t times, Time most) {
    std::unique_lock held{mutex_};
    if (!changed_.wait_for(held, most, [&] { return progress_[tag] >= times; }))
      throw std::runtime_error("too little progress was reported");
  }

private:
  template <class T>
  void add_to(std::vector<T>& all, const T& x) {
    std::lock_guard held{mutex_};
    all.push_back(x);
    changed_.notify_all();
  }

  template <class T, class Wanted, class Time>
  T await(const std::vector<T>& all, Wanted wanted, Time most) {
    std::unique_lock held{mutex_};
    T result;
    size_t next = 0;
    auto found = [&] {
      for (; next < all.size(); ++next)
        if (wanted(all[next])) {
          result = all[next];
          return true;
        }
      return false;
    };
    if (!changed_.wait_for(held, most, found))
      throw std::runtime_error("waited in vain; so far: " + story());
    return result;
  }

  std::string story() const {
    std::string result;
    for (auto& x : events_)
      result += "\n  " + x.server + " " + std::to_string(x.incarnation) + " "
                + std::string{to_string(x.to)} + " "
                + std::string{to_string(x.why)} + " " + x.text;
    return result;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::vector<client_event> events_;
  std::vector<diagnostic> remarks_;
  std::map<uint64_t, size_t> progress_; // by tag
};

} // namespace troupe::test

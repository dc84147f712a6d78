#pragma once

#include "troupe/actors/caf.hpp"
#include "troupe/messages/defaults.hpp"

#include <functional>
#include <unordered_map>

namespace troupe {

/// Callers with calls open at one client. Each is monitored once, however many
/// calls it makes, and stays monitored for its next: a call costs one look-up.
/// Callers without an open call are dropped when there are too many of them.
/// Belongs to one actor.
class open_callers {
  struct caller {
    caf::actor_addr who;
    uint64_t watch = 0; // 0: it has ended
    size_t open = 0;
  };

public:
  /// Monitors one more caller; what it returns goes to `unwatch_fn`.
  using watch_fn = std::function<uint64_t(const caf::strong_actor_ptr&)>;
  using unwatch_fn = std::function<void(const caf::actor_addr&, uint64_t)>;

  open_callers(watch_fn watch, unwatch_fn unwatch,
               size_t watched_max = defaults::callers_watched_max);

  /// One open call of a caller, which ends with this. Must not outlive the
  /// table that made it.
  class hold {
  public:
    hold() = default;
    hold(hold&& other) noexcept;
    hold& operator=(hold&& other) noexcept;
    ~hold();

    /// Null where the call had no sender.
    const caf::strong_actor_ptr& who() const {
      return who_;
    }

    bool operator==(const caf::actor_addr& x) const {
      return who_ && who_ == x;
    }

  private:
    friend class open_callers;
    hold(caf::strong_actor_ptr who, caller* counted);

    caf::strong_actor_ptr who_;
    caller* counted_ = nullptr;
  };

  /// Counts a call of `who`, which may be null.
  hold enter(caf::strong_actor_ptr who);

  /// `who` has ended: once its calls are gone, nothing is kept of it.
  void on_down(const caf::actor_addr& who);

  /// Callers that are monitored.
  size_t size() const {
    return callers_.size();
  }

private:
  void let_go();

  watch_fn watch_;
  unwatch_fn unwatch_;
  size_t watched_max_;
  size_t let_go_at_; // with so many callers
  std::unordered_map<const void*, caller> callers_;
};

} // namespace troupe

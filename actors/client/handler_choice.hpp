#pragma once

#include "troupe/actors/input_handlers.hpp"

#include <optional>
#include <set>

namespace troupe {

/// Which actor answers a server's requests: the handler whose capabilities were
/// declared when the server was started. Another one takes over at the next
/// start; at once where the old one has ended and both declare the same. Also
/// keeps the open requests to it. Sends nothing.
class handler_choice {
public:
  explicit handler_choice(input_handler first);

  /// The handler in use; empty: none.
  const caf::actor& current() const {
    return current_.who;
  }

  /// The handler that was set last, perhaps for the next start.
  const caf::actor& latest() const {
    return next_ ? next_->who : current_.who;
  }

  /// Sets another handler, or none. Returns whether it is in use from now on.
  bool replace(input_handler x);

  /// That actor has ended. Returns whether it was the handler in use.
  bool on_down(const caf::actor_addr& who);

  /// The server starts. Returns what to declare to it.
  client_capabilities declare();

  void clear();

  /// Whether that actor is to be watched: true the first time, until it ends.
  bool watch_once(const caf::actor_addr& who) {
    return watched_.insert(who).second;
  }

  // -- open requests to it, by the session's key

  void asked(uint64_t key) {
    open_.insert(key);
  }
  /// Closes a request. False: it was not open.
  bool take(uint64_t key) {
    return open_.erase(key) > 0;
  }
  std::set<uint64_t> open() const {
    return open_;
  }
  std::set<uint64_t> take_open() {
    return std::exchange(open_, {});
  }

private:
  input_handler current_;
  bool ended_ = false; // the actor of `current_`
  client_capabilities declared_;
  std::optional<input_handler> next_; // for the next start
  std::set<caf::actor_addr> watched_;
  std::set<uint64_t> open_;
};

} // namespace troupe

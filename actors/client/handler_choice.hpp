#pragma once

#include "troupe/actors/input_handlers.hpp"

#include <optional>
#include <set>

namespace troupe {

/// Which actor answers what a client's server asks: the one whose capabilities
/// were declared when the server was started. Another one takes over at the
/// next start; at once where that one has ended and both declare the same. And
/// what it was asked and has not answered. Only keeps; sends nothing.
class handler_choice {
public:
  explicit handler_choice(input_handler first);

  /// Who is asked now. Empty: nobody.
  const caf::actor& who() const {
    return now_.who;
  }

  /// Who was named last: perhaps for the next start.
  const caf::actor& newest() const {
    return next_ ? next_->who : now_.who;
  }

  /// Another handler, or none. Returns whether it is asked from now on.
  bool replace(input_handler x);

  /// That actor has ended. Returns whether it was the one who is asked.
  bool on_down(const caf::actor_addr& who);

  /// The server starts: what is declared to it.
  client_capabilities declare();

  void clear();

  /// Whether that actor is to be watched: true the first time, until it ends.
  bool watch_once(const caf::actor_addr& who) {
    return watched_.insert(who).second;
  }

  // -- what it was asked, by the session's key

  void asked(uint64_t key) {
    open_.insert(key);
  }
  /// It is not asked that any more. False: it was not.
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
  input_handler now_;
  bool ended_ = false; // that one
  client_capabilities declared_;
  std::optional<input_handler> next_; // for the next start
  std::set<caf::actor_addr> watched_;
  std::set<uint64_t> open_;
};

} // namespace troupe

#pragma once

#include "actors/session.hpp"

namespace troupe {

/// What one server's dialect was when it was last met. Behind a URL another
/// server may stand one day, and a client that takes it for a legacy one would
/// never notice: over HTTP what was learnt is forgotten after
/// `defaults::era_verdict_time` (MCP, "Era detection": the verdict is cached,
/// and asked for again).
class era_memory {
public:
  using time_point = session::time_point;

  /// `lasts`: until the program is another one (stdio).
  void learn(known_dialect what, bool lasts, time_point now) {
    if (what != what_) // what is learnt again does not get younger
      until_ = lasts ? time_point::max() : now + defaults::era_verdict_time;
    what_ = what;
  }

  void forget() {
    what_ = known_dialect::unknown;
  }

  known_dialect recall(time_point now) const {
    return now < until_ ? what_ : known_dialect::unknown;
  }

private:
  known_dialect what_ = known_dialect::unknown;
  time_point until_ = time_point::max();
};

} // namespace troupe

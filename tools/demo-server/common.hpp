#pragma once

#include "troupe/tools/demo-server/dialect.hpp"
#include "troupe/tools/demo-server/faults.hpp"
#include "troupe/tools/demo-server/ledger.hpp"
#include "troupe/tools/demo-server/timers.hpp"
#include "troupe/tools/demo-server/tool_list.hpp"

#include <set>
#include <vector>

namespace troupe::demo {

class subscriptions;

/// State shared by all conversations of this process. On stdio there is one;
/// over HTTP each session, and each modern request, is one. Single-threaded.
struct common {
  common(const options& given, std::vector<int> started)
    : what(given), helpers(std::move(started)), versions(given),
      misbehaviour(given, clock), tools(given), record(given.ledger) {
    // nop
  }
  common(const common&) = delete;
  common& operator=(const common&) = delete;

  const options what;
  const std::vector<int> helpers; // what the tool `pids` reports besides us
  const version_policy versions;
  timers clock;
  faults misbehaviour;
  tool_list tools;
  ledger record;
  std::set<subscriptions*> audience; // those with something open
  bool probed = false;               // a modern request was served
};

} // namespace troupe::demo

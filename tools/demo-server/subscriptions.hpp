#pragma once

#include "troupe/tools/demo-server/common.hpp"

#include <set>

namespace troupe::demo {

/// The subscribers to changes of the list of tools: a legacy client that is
/// initialized, and each open `subscriptions/listen` of a modern one.
class subscriptions {
public:
  subscriptions(common& shared, outlet& out);
  ~subscriptions();
  subscriptions(const subscriptions&) = delete;
  subscriptions& operator=(const subscriptions&) = delete;

  void open_legacy();

  /// Acknowledges the request with what we will send of what it asks for.
  /// Returns false, and sends nothing, where there are too many.
  bool open(const json_rpc::id& which, const json& params);

  /// Ends one without an answer: the client asked for it.
  void close(const json_rpc::id& which);

  void tools_changed(uint64_t times);

  /// More than any client needs.
  static constexpr size_t open_max = 64;

private:
  static std::string list_changed(const json& params);

  common& common_;
  outlet& out_;
  bool legacy_ = false;
  std::set<json_rpc::id> open_;
  std::set<json_rpc::id> want_tools_; // of open_
};

} // namespace troupe::demo

#pragma once

#include "troupe/actors/session/input_required.hpp"
#include "troupe/messages/json/rpc.hpp"

#include <chrono>
#include <map>

namespace troupe {

/// Inputs that a server asked for and a handler has not given yet: a legacy
/// server asks by requests of its own, a modern one by its answers to ours.
/// Each has a key, unique in the session. Only keeps them; sends nothing.
class server_inputs {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct open_input {
    server_request::kind what = server_request::kind::elicitation;
    json params;
    /// The server's own request (legacy), and when it is refused if there is no
    /// answer.
    std::optional<json_rpc::id> asked_by;
    time_point deadline;
    /// Our request that the server cannot answer without it (modern), and the
    /// server's name for it.
    uint64_t request = 0;
    std::string name;
  };

  /// Returns the key.
  uint64_t add(open_input x);

  std::optional<open_input> take(uint64_t key);

  /// The key of a legacy server's request.
  std::optional<uint64_t> find(const json_rpc::id& asked_by) const;

  /// Takes all that our request waits for. Returns their keys.
  std::vector<uint64_t> take_all_of(uint64_t request);

  /// The keys of a legacy server's requests whose time is over.
  std::vector<uint64_t> due(time_point now) const;

  std::optional<time_point> next_deadline() const;

  /// How many requests of a legacy server are open.
  size_t asked() const {
    return asked_;
  }

  void clear();

private:
  std::map<uint64_t, open_input> open_;
  uint64_t last_key_ = 0;
  size_t asked_ = 0;
};

} // namespace troupe

#pragma once

#include "troupe/tests/package/crowd/tally.hpp"
#include "troupe/troupe.hpp"

#include <random>
#include <set>
#include <vector>

/// Asks servers at random, a few things at a time, until the tally says that it
/// is finishing and all its asks are answered.
class agent : public caf::event_based_actor {
public:
  agent(caf::actor_config& config, tally& all, troupe::registry_handle registry,
        std::vector<troupe::client_ref> servers, uint64_t seed);

  caf::behavior make_behavior() override;

private:
  const troupe::client_ref& some_server();
  void ask_next();
  void ask_echo(uint64_t id);
  void ask_progress(uint64_t id);
  void ask_by_name(uint64_t id);

  /// Asks, and counts the answer.
  template <class Handle, class Message>
  void ask_counted(uint64_t id, const Handle& to, Message x);

  void on_answer(uint64_t id, bool ok);
  void on_progress(const troupe::call_progress& x);

  tally& all_;
  troupe::registry_handle registry_;
  std::vector<troupe::client_ref> servers_;
  std::minstd_rand random_;
  std::set<uint64_t> open_;
  uint64_t last_id_ = 0;
};

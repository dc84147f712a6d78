#pragma once

#include "troupe/tests/package/crowd/tally.hpp"
#include "troupe/tests/support/child.hpp"
#include "troupe/transports/pipe/server.hpp"
#include "troupe/troupe.hpp"

#include <memory>
#include <random>
#include <string>
#include <vector>

/// A server over HTTP in a process of its own.
class remote {
public:
  explicit remote(std::string program);

  const std::string& url() const {
    return url_;
  }
  /// Kills it, and starts it again at the same port.
  void replace();

private:
  void start(const std::string& port);

  std::string program_;
  std::string url_;
  std::unique_ptr<troupe::child> process_;
};

/// Hurts servers, one after the other, until the tally says that all is
/// finishing. Blocks: to be spawned with a thread of its own.
class trouble : public caf::event_based_actor {
public:
  trouble(caf::actor_config& config, tally& all,
          troupe::registry_handle registry,
          std::vector<troupe::server_spec> specs,
          std::shared_ptr<troupe::pipe_server> inner, remote& far,
          uint64_t seed);

  caf::behavior make_behavior() override;

private:
  void hurt_one();
  void kill_process();
  void close_and_open(const troupe::server_spec& spec);
  void be_back_soon();

  tally& all_;
  troupe::registry_handle registry_;
  std::vector<troupe::server_spec> specs_; ///< the first one is a program
  std::shared_ptr<troupe::pipe_server> inner_;
  remote& far_;
  std::minstd_rand random_;
};

#pragma once

#include "actors/interfaces.hpp"

#include <map>
#include <optional>

namespace troupe {

struct registry_options {
  caf::actor supervisor;
  caf::actor monitor;
};

/// The desired servers and the living clients. `apply_servers` is the only way
/// to change the set; names are resolved here, and calls by name are delegated,
/// so that answers do not pass through. It never waits for a client.
class registry : public actor_base {
public:
  registry(caf::actor_config& config, registry_options options);

  const char* name() const override {
    return "troupe.registry";
  }

protected:
  caf::message_handler handlers() override;
  void on_stop() override;

private:
  struct entry {
    server_spec spec;
    caf::actor client; // null while it is being made
    bool closing = false;
    /// Desired again while it was closing: opened once it is gone.
    std::optional<server_spec> again;
    std::vector<reply<client_ref>> waiters; // for the handle
  };

  template <class Answer, class What>
  caf::typed_response_promise<answer<Answer>> pass_on(const std::string& name,
                                                      What what);

  answer<apply_result> on_apply(const apply_servers& x);
  void apply_one(const server_spec& spec, apply_result& result);
  reply<client_ref>::promise on_open(const open_client& x);
  reply<stop_report>::promise on_close(const close_of& x);
  reply<stop_all_report>::promise on_stop_all();
  void open(const server_spec& spec);
  void on_opened(const client_ref& x);
  void close(entry& x);
  void on_client_down(const std::string& name, const caf::actor_addr& which,
                      const caf::error& why);
  void follow(const client_ref& x);

  caf::actor supervisor_;
  caf::actor monitor_;
  std::map<std::string, entry> entries_;
  bool stopping_ = false;
};

} // namespace troupe

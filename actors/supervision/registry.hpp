#pragma once

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/internal_messages.hpp"
#include "troupe/actors/never_blocks.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace troupe {

struct registry_options {
  supervisor_handle supervisor;
  monitor_handle monitor;
};

/// The desired servers and the living clients. Names are resolved here, and
/// calls by name are delegated, so that answers do not pass through. It never
/// waits for a client.
class registry : public actor_base, public never_blocks {
public:
  registry(caf::actor_config& config, registry_options options);

  const char* name() const override {
    return "troupe.registry";
  }

protected:
  caf::message_handler handlers() override;
  void on_stop() override;

private:
  using time_point = std::chrono::steady_clock::time_point;
  /// Takes the proof, or the reason why there is none.
  using closed_fn = std::function<void(const answer<stop_report>&)>;
  /// Takes the client, or the reason why there is none.
  using made_fn = std::function<void(const answer<client_ref>&)>;

  struct entry {
    shared_spec spec;
    milliseconds stop_grace{0}; // the longest of all its specs
    client_handle client;       // null while it is being made
    caf::actor_addr last;       // the client's, also once it is gone
    bool closing = false;
    caf::actor_addr told_to_close;      // the client that was told
    time_point patience{};              // until when it may drain
    std::vector<closed_fn> closers;     // who waits for the proof
    std::unique_ptr<stop_report> proof; // the last report so far, or null
    bool proved = false;                // the report is final
    /// What came while the client was being made, in order.
    std::vector<made_fn> waiters;
    /// Desired again while it was closing: opened once it is gone.
    std::optional<shared_spec> again;
    std::vector<made_fn> again_waiters;
  };

  using entries = std::map<std::string, entry>;

  // -- requests by name

  template <class What>
  typename reply<result_of<by_name<What>>>::promise
  pass_on(const std::string& name, What what);
  template <class What>
  static made_fn
  pass_to(typename reply<result_of<by_name<What>>>::promise later, What what);
  void on_cancel(const by_name<cancel_call>& x);
  reply<client_ref>::promise on_find(const std::string& name);
  made_fn handing_on(const caf::message& what);
  void on_redirected(const redirected& x);
  void when_made(const std::string& name, made_fn f);
  static void wait_again(entry& x, made_fn f);
  static void wait_in(std::vector<made_fn>& waiters, const server_spec& spec,
                      made_fn f);
  reply<client_status>::promise on_reload(const by_name<reload>& x);

  // -- the desired set

  answer<apply_result> on_apply(const apply_servers& x);
  void apply_one(const shared_spec& spec, apply_result& result);
  reply<client_ref>::promise on_open(const open_client& x);
  void open(const shared_spec& spec, std::vector<made_fn> waiters = {});
  static void adopt(entry& x, const shared_spec& spec);
  void follow(const client_ref& x);
  void on_client_down(const std::string& name, const caf::actor_addr& which,
                      const caf::error& why);
  void forget(entries::iterator i, const failure& why);

  // -- closing (registry_closing.cpp)

  void close(entry& x);
  void tell_to_close(entry& x, close_client what);
  void ask_to_close(entry& x, close_client what);
  void on_closed(const std::string& name, const caf::actor_addr& which,
                 const answer<stop_report>& x);
  static void wait_for_proof(entry& x, closed_fn f);
  void prove(const std::string& name, entry& x, closed_fn f);
  static void unwant_again(entry& x);
  reply<stop_report>::promise on_close(const by_name<close_client>& x);
  reply<stop_all_report>::promise on_stop_all();
  void on_unclean(const unclean_end& x);

  supervisor_handle supervisor_;
  monitor_handle monitor_;
  entries entries_;
  std::deque<unclean_end> unclean_; // told of by `stop_all`
  bool stopping_ = false;
};

} // namespace troupe

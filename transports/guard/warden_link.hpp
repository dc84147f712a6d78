#pragma once

#include "troupe/transports/guard/guarded_server.hpp"
#include "troupe/transports/guard/process_mark.hpp"

#include <atomic>
#include <deque>
#include <map>
#include <set>

namespace troupe {

/// One host's connection to its warden, over all the lives of that warden, and
/// the servers under it. Used on the I/O thread.
class warden_link : public guarded_server::owner,
                    public std::enable_shared_from_this<warden_link> {
public:
  warden_link(boost::asio::io_context& io, std::string executable);
  ~warden_link() override;

  std::shared_ptr<guarded_server> spawn(process_request what,
                                        guarded_process::events events);

  // From any thread.
  int32_t pid() const;
  uint64_t restarts() const;

private:
  /// A request that was not sent to the warden yet.
  struct waiting_request {
    guard_protocol::spawn what;
    handover fds;
  };

  /// One life of the warden.
  struct life {
    int32_t pid = 0;
    std::unique_ptr<fd_watch> socket;
    std::unique_ptr<fd_watch> pidfd;
    size_t unanswered = 0; // requests for which no shim is known yet
    std::unique_ptr<guard_pulse> pulse;
    bool was_silent = false;
  };

  // -- life of the warden
  bool ensure_running();
  void watch_life();
  void on_packets();
  void on_packet(guard_protocol::received& packet);
  void on_died();
  void fail_start(const std::string& text, int error = 0);
  void end_life();

  // -- a warden that does not answer
  void watch_pulse();
  bool is_owed() const;
  void ask();
  void on_silence();

  // -- requests
  void pump();
  bool send_next();
  void on_answered(uint64_t id, int error, shim_handle shim);
  std::shared_ptr<guarded_server> find(uint64_t id);

  // -- the sweep after a double crash
  void on_finished(uint64_t id) override;
  void on_unreaped(uint64_t id) override;
  void on_lost(uint64_t id) override;
  void look_for_lost();
  void send_sweep();
  void on_swept(const guard_protocol::swept& x);
  void give_up_lost(const std::string& text);

  boost::asio::io_context& io_;
  std::string executable_;
  process_identity self_;
  uint64_t link_;
  uint64_t next_id_ = 1;
  std::atomic<uint64_t> starts_{0};
  std::atomic<int32_t> pid_{0}; // of `life_`
  std::unique_ptr<life> life_;  // null while no warden runs
  std::deque<waiting_request> waiting_;
  std::map<uint64_t, std::shared_ptr<guarded_server>> servers_;
  std::map<uint64_t, uint64_t> lost_; // id -> the round that looks for it
  std::set<uint64_t> unreaped_;       // whose shims' deaths are to be told
  std::string lost_by_ = "its guards were killed";
  uint64_t round_ = 0;
  size_t vain_lives_ = 0; // wardens in a row that died without a shim
  bool sweep_posted_ = false;
};

} // namespace troupe

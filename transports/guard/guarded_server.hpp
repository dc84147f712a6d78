#pragma once

#include "troupe/transports/guard/packet_socket.hpp"
#include "troupe/transports/guard/pulse.hpp"
#include "troupe/transports/guard/server_lifecycle.hpp"
#include "troupe/transports/guard/warden.hpp"
#include "troupe/transports/io/fd_watch.hpp"
#include "troupe/transports/io/unique_fd.hpp"

#include <array>
#include <optional>

namespace troupe {

/// The descriptors that go to the warden with a request.
using handover = std::array<unique_fd, guard_protocol::spawn_fds>;

/// A shim that was forked.
struct shim_handle {
  int32_t pid = 0;
  unique_fd pidfd; ///< empty where there was no descriptor for it
};

/// The host's end of one server and its shim: descriptors, the control socket,
/// and the watch for a shim that does not answer. What follows from each event,
/// and how the server ended, is decided by `server_lifecycle`. Lives until
/// nothing of the server is left, even when its user has dropped it.
class guarded_server : public std::enable_shared_from_this<guarded_server> {
public:
  /// What the server reports to its link.
  struct owner {
    virtual ~owner() = default;
    /// It has reported its end and is to be forgotten.
    virtual void on_finished(uint64_t id) = 0;
    /// Its shim has ended, or is about to: the warden has to say so.
    virtual void on_unreaped(uint64_t id) = 0;
    /// Shim and warden are dead: what is left must be looked for.
    virtual void on_lost(uint64_t id) = 0;
  };

  guarded_server(boost::asio::io_context& io, uint64_t id,
                 const process_request& what, guarded_process::events events);

  /// Opens pipes and control socket, and writes the launch of `what`. Returns 0
  /// or an errno. The request is not kept: it is large, and may hold secrets.
  int open(const process_request& what, const std::string& mark,
           handover& theirs);
  /// Starts listening to the shim. False where that cannot be done.
  bool watch(std::weak_ptr<owner> by);

  // -- called by the user of the server

  unique_fd& pipe(guard_protocol::spawn_fd which);
  void stop(milliseconds grace);
  /// Its user takes no more events, and it is to stop.
  void drop();

  // -- called by its link

  void on_handed_over();
  void on_forked(shim_handle shim);
  void on_fork_failed(int error);
  void on_shim_ended(const guard_protocol::shim_ended& x);
  void on_warden_died();
  /// The search for what is left has ended: it killed `killed` processes.
  void on_swept(uint32_t killed, const std::string& text);
  /// Continues a shim that was stopped.
  void wake();
  /// Ends it before anything was started.
  void fail(errc why, int error, std::string text);

private:
  // -- packets of the shim
  void on_readable();
  void read_all();
  void on_packet(guard_protocol::received& packet);
  void on_started(guard_protocol::received& packet, int32_t pid);
  void on_exited(const guard_protocol::exited& x);
  void on_unkillable(int32_t pid);

  // -- actions
  void carry_out(server_lifecycle::action what);
  void tell_owner(void (owner::*news)(uint64_t));
  void search();
  void release();
  void send_stop();

  // -- a shim that does not answer
  void expect_answer();
  void ask_shim();
  void kill_shim();

  boost::asio::io_context& io_;
  uint64_t id_;
  guarded_process::events events_;
  std::weak_ptr<owner> owner_;
  server_lifecycle lifecycle_;
  std::array<unique_fd, 3> pipes_; // stdin, stdout, stderr: our ends
  unique_fd unwatched_;            // the control socket before `watch`
  std::unique_ptr<fd_watch> control_;
  std::unique_ptr<guard_pulse> pulse_; // while the shim owes an answer
  shim_handle shim_;
  unique_fd leader_;                         // its pidfd
  milliseconds grace_ = milliseconds::max(); // the shortest that was asked for
};

} // namespace troupe

#pragma once

#include "troupe/messages/stop_report.hpp"
#include "troupe/transports/guard/protocol.hpp"

#include <optional>
#include <string>

namespace troupe {

/// Which of a server's two guards, shim and warden, is still there, what must
/// be done after each event, and how the server ended. Pure: no descriptor, no
/// clock, no system call.
///
///     queued --handed_over--> guarded
///     guarded --gone--> leaving --socket_ended--> unreaped
///     guarded --socket_ended--> crashed
///     guarded, leaving, unreaped, crashed --shim_ended--> over
///
///     guarded --warden_died--> alone --gone--> leaving_alone
///     leaving --warden_died--> leaving_alone --socket_ended--> over
///     unreaped --warden_died--> over
///     crashed --warden_died--> lost
///     alone --socket_ended--> lost --swept--> over
///
///     queued --failed--> over
///     queued, guarded, crashed --fork_failed--> over
///
/// Four events change no stage, and count in `guarded` and `alone` only:
/// `started`, `start_failed`, `exited`, `unkillable`. `stop_wanted` and
/// `dropped` change none either, and count in every stage but `over`. All other
/// pairs of stage and event change nothing, and nothing has to be done.
///
/// The proof in the verdict follows from the way to `over`:
///
/// - from `leaving`, `unreaped` and `leaving_alone`: the shim's, so `empty`, or
///   `never_started` where the program did not run;
/// - by `shim_ended` from `guarded` and `crashed`: the warden's, so `swept`;
/// - from `lost`: `best_effort`;
/// - by `failed` and `fork_failed`: `never_started`.
///
/// Its `why` is what `start_failed`, `failed` or `fork_failed` told. Else it is
/// `none` where a stop was wanted, `child_exited` where the program has run,
/// and `spawn_failed` where it has not.
class server_lifecycle {
public:
  enum class stage : uint8_t {
    queued,        ///< the warden has not got the request yet
    guarded,       ///< the warden has it, and forks the shim or has done so
    leaving,       ///< the shim has said `gone`
    unreaped,      ///< the shim's socket has ended, after `gone`
    crashed,       ///< the shim's socket has ended without `gone`
    alone,         ///< the warden is dead, and the shim goes on
    leaving_alone, ///< the warden is dead, and the shim has said `gone`
    lost,          ///< both are dead, and what is left is looked for
    over,
  };

  enum class event : uint8_t {
    handed_over,  ///< the warden has got the request
    started,      ///< shim: the program runs
    start_failed, ///< shim: the program could not be started
    exited,       ///< shim: the program has ended by itself
    unkillable,   ///< shim: a process does not die of KILL
    gone,         ///< shim: nothing is left
    socket_ended, ///< the shim's control socket has ended
    shim_ended,   ///< warden: the shim was reaped, and what it left killed
    warden_died,
    swept,       ///< the search for what is left is done, or was given up
    failed,      ///< the request could not be handed over
    fork_failed, ///< there is no shim
    stop_wanted,
    dropped, ///< the user has dropped the server
  };

  /// What the owner of this object has to do.
  enum class action : uint8_t {
    none,
    tell,         ///< tell the user of the event
    pass_stop,    ///< pass the stop on to the shim
    await_warden, ///< expect the warden to say that the shim has ended
    search,       ///< kill the leader's group, and sweep what is left
    end,          ///< release everything
    tell_end,     ///< release everything, then tell the user the verdict
  };

  /// `path` and `folder`: names of the program and its working directory in
  /// texts for people.
  server_lifecycle(std::string path, std::string folder);

  action on_handed_over();
  action on_started();
  action on_start_failed(const guard_protocol::start_failed& x);
  action on_exited(const guard_protocol::exited& x);
  action on_unkillable();
  action on_gone(const guard_protocol::gone& x);
  action on_socket_ended();
  action on_shim_ended(const guard_protocol::shim_ended& x);
  action on_warden_died();
  /// `killed`: the processes that the search has found and killed.
  action on_swept(uint32_t killed, std::string text);
  action on_failed(errc why, int error, std::string text);
  action on_fork_failed(int error);
  /// May come again, with a shorter grace.
  action on_stop_wanted();
  /// Stops it as well, if that was not asked for before. From then on the user
  /// is told nothing.
  action on_dropped();

  stage at() const {
    return stage_;
  }

  /// Whether the shim was asked to stop and has not finished.
  bool awaits_shim() const;

  /// How the server ended. Complete in the stage `over`.
  const stop_report& verdict() const {
    return verdict_;
  }

private:
  /// What the user wants of the server; each can follow those before it.
  enum class wish : uint8_t { run, stop, forget };

  /// Whether the shim has said that the start failed.
  bool has_failed() const {
    return verdict_.start_errno != 0;
  }
  /// Follows a row of the table; nothing where there is none.
  std::optional<action> follow(event x);
  action fail(event how, errc why, int error, std::string text);
  void note_ran();
  void want(wish x);
  void set_status(int32_t exit_status, int32_t term_signal);
  std::string words_for(guard_protocol::start_step step) const;

  std::string path_;
  std::string folder_;
  stage stage_ = stage::queued;
  wish wish_ = wish::run;
  stop_report verdict_; // until `over`: as if the shim said `gone` next
};

} // namespace troupe

#include "troupe/transports/guard/server_lifecycle.hpp"
#include "troupe/transports/io/os_error.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace troupe {

using action = server_lifecycle::action;

// -- the table ---------------------------------------------------------------

namespace {

struct row {
  server_lifecycle::stage from;
  server_lifecycle::event on;
  server_lifecycle::stage to;
  server_lifecycle::action then;
};

/// In a class, as its short names are for the table alone.
struct transitions {
  using enum server_lifecycle::stage;
  using enum server_lifecycle::event;
  using enum server_lifecycle::action;
  static constexpr row all[] = {
    {queued, handed_over, guarded, none},
    {queued, failed, over, tell_end},
    {queued, fork_failed, over, tell_end},

    {guarded, started, guarded, tell},
    {guarded, start_failed, guarded, none},
    {guarded, exited, guarded, tell},
    {guarded, unkillable, guarded, tell},
    {guarded, gone, leaving, await_warden},
    {guarded, socket_ended, crashed, await_warden},
    {guarded, shim_ended, over, tell_end},
    {guarded, warden_died, alone, none},
    {guarded, fork_failed, over, tell_end},

    {leaving, socket_ended, unreaped, none},
    {leaving, shim_ended, over, tell_end},
    {leaving, warden_died, leaving_alone, none},

    {unreaped, shim_ended, over, tell_end},
    {unreaped, warden_died, over, tell_end},

    {crashed, shim_ended, over, tell_end},
    {crashed, warden_died, lost, search},
    {crashed, fork_failed, over, tell_end},

    {alone, started, alone, tell},
    {alone, start_failed, alone, none},
    {alone, exited, alone, tell},
    {alone, unkillable, alone, tell},
    {alone, gone, leaving_alone, none},
    {alone, socket_ended, lost, search},

    {leaving_alone, socket_ended, over, tell_end},

    {lost, swept, over, tell_end},

    // A stop is passed on while there may be something to stop.
    {queued, stop_wanted, queued, pass_stop},
    {guarded, stop_wanted, guarded, pass_stop},
    {leaving, stop_wanted, leaving, none},
    {unreaped, stop_wanted, unreaped, none},
    {crashed, stop_wanted, crashed, none},
    {alone, stop_wanted, alone, pass_stop},
    {leaving_alone, stop_wanted, leaving_alone, none},
    {lost, stop_wanted, lost, none},

    {queued, dropped, queued, pass_stop},
    {guarded, dropped, guarded, pass_stop},
    {leaving, dropped, leaving, none},
    {unreaped, dropped, unreaped, none},
    {crashed, dropped, crashed, none},
    {alone, dropped, alone, pass_stop},
    {leaving_alone, dropped, leaving_alone, none},
    {lost, dropped, lost, none},
  };
};

/// The action that remains when the user does not listen any more.
action without_user(action x) {
  switch (x) {
    case action::tell: return action::none;
    case action::tell_end: return action::end;
    default: return x;
  }
}

} // namespace

std::optional<action> server_lifecycle::follow(event x) {
  auto& all = transitions::all;
  auto at = std::find_if(std::begin(all), std::end(all), [=, this](auto& r) {
    return r.from == stage_ && r.on == x;
  });
  if (at == std::end(all))
    return std::nullopt;
  stage_ = at->to;
  return wish_ == wish::forget ? without_user(at->then) : at->then;
}

server_lifecycle::server_lifecycle(std::string path, std::string folder)
  : path_(std::move(path)), folder_(std::move(folder)) {
  verdict_.why = errc::spawn_failed;
  verdict_.left = proof::empty;
}

// -- the start ---------------------------------------------------------------

action server_lifecycle::on_handed_over() {
  return follow(event::handed_over).value_or(action::none);
}

action server_lifecycle::on_started() {
  auto then = follow(event::started);
  if (then)
    note_ran();
  return then.value_or(action::none);
}

void server_lifecycle::note_ran() {
  if (!has_failed() && wish_ == wish::run)
    verdict_.why = errc::child_exited;
}

/// Whether the file cannot be executed, now or at the next try.
static bool is_unusable(int error) {
  return error == ENOENT || error == EACCES || error == ENOEXEC
         || error == ENOTDIR || error == EISDIR || error == ELOOP;
}

static errc cause_of(const guard_protocol::start_failed& x) {
  using guard_protocol::start_step;
  if (x.step == start_step::request && x.error == ECANCELED)
    return errc::none; // a stop came first
  if (x.step == start_step::exec && is_unusable(x.error))
    return errc::program_not_found;
  return errc::spawn_failed;
}

action
server_lifecycle::on_start_failed(const guard_protocol::start_failed& x) {
  auto then = follow(event::start_failed);
  if (!then)
    return action::none;
  verdict_.why = cause_of(x);
  if (x.step != guard_protocol::start_step::overdue)
    verdict_.left = proof::never_started;
  verdict_.start_errno = x.error;
  verdict_.exit_status = -1;
  verdict_.text = words_for(x.step) + ": " + os_error_text(x.error);
  return *then;
}

std::string server_lifecycle::words_for(guard_protocol::start_step step) const {
  switch (step) {
    case guard_protocol::start_step::request: return "cannot prepare " + path_;
    case guard_protocol::start_step::fork: return "cannot fork for " + path_;
    case guard_protocol::start_step::chdir:
      return "cannot enter the folder " + folder_;
    default: return "cannot execute " + path_;
  }
}

action server_lifecycle::on_failed(errc why, int error, std::string text) {
  return fail(event::failed, why, error, std::move(text));
}

action server_lifecycle::on_fork_failed(int error) {
  return fail(event::fork_failed, errc::spawn_failed, error,
              "cannot fork a guard for " + path_ + ": " + os_error_text(error));
}

action server_lifecycle::fail(event how, errc why, int error,
                              std::string text) {
  auto then = follow(how);
  if (!then)
    return action::none;
  verdict_ = {};
  verdict_.why = why;
  verdict_.start_errno = error;
  verdict_.text = std::move(text);
  return *then;
}

// -- the user ----------------------------------------------------------------

action server_lifecycle::on_stop_wanted() {
  auto then = follow(event::stop_wanted);
  if (then)
    want(wish::stop);
  return then.value_or(action::none);
}

action server_lifecycle::on_dropped() {
  auto then = follow(event::dropped);
  auto stops_already = wish_ != wish::run;
  if (then)
    want(wish::forget);
  return stops_already ? action::none : then.value_or(action::none);
}

void server_lifecycle::want(wish x) {
  wish_ = std::max(wish_, x);
  if (!has_failed())
    verdict_.why = errc::none;
}

bool server_lifecycle::awaits_shim() const {
  return wish_ != wish::run
         && (stage_ == stage::guarded || stage_ == stage::alone);
}

// -- the end -----------------------------------------------------------------

action server_lifecycle::on_exited(const guard_protocol::exited& x) {
  auto then = follow(event::exited);
  if (!then)
    return action::none;
  note_ran();
  set_status(x.exit_status, x.term_signal);
  return *then;
}

action server_lifecycle::on_unkillable() {
  return follow(event::unkillable).value_or(action::none);
}

action server_lifecycle::on_gone(const guard_protocol::gone& x) {
  auto then = follow(event::gone);
  if (!then)
    return action::none;
  set_status(x.exit_status, x.term_signal);
  verdict_.killed = x.killed;
  if (x.sent_term != 0)
    verdict_.signals.push_back("TERM");
  if (x.sent_kill != 0)
    verdict_.signals.push_back("KILL");
  return *then;
}

/// The exit status of a process that never became the program is dropped.
void server_lifecycle::set_status(int32_t exit_status, int32_t term_signal) {
  verdict_.exit_status = has_failed() ? -1 : exit_status;
  verdict_.term_signal = term_signal;
}

action server_lifecycle::on_socket_ended() {
  return follow(event::socket_ended).value_or(action::none);
}

action server_lifecycle::on_shim_ended(const guard_protocol::shim_ended& x) {
  auto was_leaving = stage_ == stage::leaving || stage_ == stage::unreaped;
  auto then = follow(event::shim_ended);
  if (!then || was_leaving)
    return then.value_or(action::none);
  verdict_.left = proof::swept;
  verdict_.killed = x.killed;
  verdict_.text = "its guard was killed; all that it guarded has been killed";
  return *then;
}

action server_lifecycle::on_warden_died() {
  return follow(event::warden_died).value_or(action::none);
}

action server_lifecycle::on_swept(uint32_t killed, std::string text) {
  auto then = follow(event::swept);
  if (!then)
    return action::none;
  verdict_.left = proof::best_effort;
  verdict_.killed = killed;
  verdict_.text = std::move(text);
  return *then;
}

} // namespace troupe

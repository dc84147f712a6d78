// Covers transports/guard/server_lifecycle.hpp.

#include "troupe/transports/guard/server_lifecycle.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <map>
#include <sstream>
#include <vector>

using namespace troupe;

using stage = server_lifecycle::stage;
using event = server_lifecycle::event;
using action = server_lifecycle::action;
using start_step = guard_protocol::start_step;

namespace {

using enum server_lifecycle::stage;
using enum server_lifecycle::event;
using enum server_lifecycle::action;

using events = std::vector<event>;

constexpr int stage_count = static_cast<int>(over) + 1;
constexpr int event_count = static_cast<int>(dropped) + 1;

struct outcome {
  stage to;
  action then;
};

/// The diagram, written a second time.
const std::map<stage, std::map<event, outcome>> expected{
  {queued,
   {{handed_over, {guarded, none}},
    {failed, {over, tell_end}},
    {fork_failed, {over, tell_end}},
    {stop_wanted, {queued, pass_stop}},
    {dropped, {queued, pass_stop}}}},
  {guarded,
   {{started, {guarded, tell}},
    {start_failed, {guarded, none}},
    {exited, {guarded, tell}},
    {unkillable, {guarded, tell}},
    {gone, {leaving, await_warden}},
    {socket_ended, {crashed, await_warden}},
    {shim_ended, {over, tell_end}},
    {warden_died, {alone, none}},
    {fork_failed, {over, tell_end}},
    {stop_wanted, {guarded, pass_stop}},
    {dropped, {guarded, pass_stop}}}},
  {leaving,
   {{socket_ended, {unreaped, none}},
    {shim_ended, {over, tell_end}},
    {warden_died, {leaving_alone, none}},
    {stop_wanted, {leaving, none}},
    {dropped, {leaving, none}}}},
  {unreaped,
   {{shim_ended, {over, tell_end}},
    {warden_died, {over, tell_end}},
    {stop_wanted, {unreaped, none}},
    {dropped, {unreaped, none}}}},
  {crashed,
   {{shim_ended, {over, tell_end}},
    {warden_died, {lost, search}},
    {fork_failed, {over, tell_end}},
    {stop_wanted, {crashed, none}},
    {dropped, {crashed, none}}}},
  {alone,
   {{started, {alone, tell}},
    {start_failed, {alone, none}},
    {exited, {alone, tell}},
    {unkillable, {alone, tell}},
    {gone, {leaving_alone, none}},
    {socket_ended, {lost, search}},
    {stop_wanted, {alone, pass_stop}},
    {dropped, {alone, pass_stop}}}},
  {leaving_alone,
   {{socket_ended, {over, tell_end}},
    {stop_wanted, {leaving_alone, none}},
    {dropped, {leaving_alone, none}}}},
  {lost,
   {{swept, {over, tell_end}},
    {stop_wanted, {lost, none}},
    {dropped, {lost, none}}}},
  {over, {}},
};

/// A way to each stage.
const std::map<stage, events> ways{
  {queued, {}},
  {guarded, {handed_over}},
  {leaving, {handed_over, gone}},
  {unreaped, {handed_over, gone, socket_ended}},
  {crashed, {handed_over, socket_ended}},
  {alone, {handed_over, warden_died}},
  {leaving_alone, {handed_over, gone, warden_died}},
  {lost, {handed_over, socket_ended, warden_died}},
  {over, {failed}},
};

action fire(server_lifecycle& x, event what) {
  switch (what) {
    case handed_over: return x.on_handed_over();
    case started: return x.on_started();
    case start_failed: return x.on_start_failed({ENOENT, start_step::exec});
    case exited: return x.on_exited({7, 0});
    case unkillable: return x.on_unkillable();
    // A status and a signal at once, to see that both get through.
    case gone: return x.on_gone({8, 9, 1, 1, 3});
    case socket_ended: return x.on_socket_ended();
    case shim_ended: return x.on_shim_ended({1, 0, 4});
    case warden_died: return x.on_warden_died();
    case swept: return x.on_swept(5, "swept");
    case failed: return x.on_failed(errc::invalid_spec, E2BIG, "too large");
    case fork_failed: return x.on_fork_failed(EPERM);
    case stop_wanted: return x.on_stop_wanted();
    case dropped: return x.on_dropped();
  }
  throw std::logic_error("an event that the test does not know");
}

server_lifecycle after(const events& way) {
  auto x = server_lifecycle{"/bin/tool", "/home"};
  for (auto what : way)
    fire(x, what);
  return x;
}

std::string text_of(const stop_report& x) {
  auto out = std::ostringstream{};
  out << to_string(x.why) << ' ' << to_string(x.left);
  if (x.exit_status != -1)
    out << " status " << x.exit_status;
  if (x.term_signal != 0)
    out << " signal " << x.term_signal;
  for (auto& signal : x.signals)
    out << ' ' << signal;
  if (x.killed != 0)
    out << " killed " << x.killed;
  if (x.start_errno != 0)
    out << " errno " << x.start_errno;
  if (!x.text.empty())
    out << ": " << x.text;
  return out.str();
}

} // namespace

// -- the diagram -------------------------------------------------------------

SCENARIO("a server's stages follow the diagram and nothing else",
         "[server_lifecycle]") {
  for (int i = 0; i < stage_count; ++i)
    for (int j = 0; j < event_count; ++j) {
      auto from = static_cast<stage>(i);
      auto what = static_cast<event>(j);
      INFO("event " << j << " in stage " << i);
      auto x = after(ways.at(from));
      REQUIRE(x.at() == from);
      auto before = text_of(x.verdict());
      auto then = fire(x, what);
      auto& row = expected.at(from);
      if (auto to = row.find(what); to != row.end()) {
        CHECK(x.at() == to->second.to);
        CHECK(then == to->second.then);
      } else {
        CHECK(x.at() == from);
        CHECK(then == none);
        CHECK(text_of(x.verdict()) == before);
      }
    }
}

// -- the user ----------------------------------------------------------------

SCENARIO("a user that has dropped its server is told nothing",
         "[server_lifecycle]") {
  for (int i = 0; i < stage_count; ++i)
    for (int j = 0; j < event_count; ++j) {
      auto from = static_cast<stage>(i);
      auto what = static_cast<event>(j);
      INFO("event " << j << " in stage " << i);
      auto x = after(ways.at(from));
      fire(x, dropped);
      fire(x, stop_wanted); // which takes nothing back
      auto then = fire(x, what);
      CHECK(then != tell);
      CHECK(then != tell_end);
      if (from != over && x.at() == over)
        CHECK(then == end);
    }
}

SCENARIO("a dropped server is stopped once", "[server_lifecycle]") {
  auto from = GENERATE(queued, guarded, alone);
  INFO("stage " << static_cast<int>(from));
  auto x = after(ways.at(from));
  GIVEN("one that was not to stop yet") {
    CHECK(x.on_dropped() == pass_stop);
    CHECK(x.on_dropped() == none);
  }
  GIVEN("one that was stopped already, with another grace") {
    CHECK(x.on_stop_wanted() == pass_stop);
    CHECK(x.on_stop_wanted() == pass_stop); // the grace may be a shorter one
    CHECK(x.on_dropped() == none);
  }
}

SCENARIO("only a shim that was to stop, and may, owes an answer",
         "[server_lifecycle]") {
  for (int i = 0; i < stage_count; ++i)
    for (auto wish : {stop_wanted, dropped}) {
      INFO("stage " << i);
      auto x = after(ways.at(static_cast<stage>(i)));
      CHECK_FALSE(x.awaits_shim());
      fire(x, wish);
      CHECK(x.awaits_shim() == (x.at() == guarded || x.at() == alone));
    }
}

// -- the verdict -------------------------------------------------------------

SCENARIO("the verdict says who has proved what", "[server_lifecycle]") {
  auto [way, verdict] = GENERATE(table<events, std::string>({
    // The shim: nothing is left.
    {{handed_over, started, gone, shim_ended},
     "child_exited empty status 8 signal 9 TERM KILL killed 3"},
    {{handed_over, exited, gone, shim_ended},
     "child_exited empty status 8 signal 9 TERM KILL killed 3"},
    {{stop_wanted, handed_over, started, gone, shim_ended},
     "none empty status 8 signal 9 TERM KILL killed 3"},
    {{handed_over, started, exited, gone, socket_ended, shim_ended},
     "child_exited empty status 8 signal 9 TERM KILL killed 3"},
    {{handed_over, started, gone, socket_ended, warden_died},
     "child_exited empty status 8 signal 9 TERM KILL killed 3"},
    {{handed_over, started, warden_died, gone, socket_ended},
     "child_exited empty status 8 signal 9 TERM KILL killed 3"},
    {{handed_over, started, stop_wanted, gone, shim_ended},
     "none empty status 8 signal 9 TERM KILL killed 3"},
    {{handed_over, started, gone, stop_wanted, shim_ended},
     "none empty status 8 signal 9 TERM KILL killed 3"},
    {{handed_over, gone, socket_ended, stop_wanted, shim_ended},
     "none empty status 8 signal 9 TERM KILL killed 3"},
    {{handed_over, gone, warden_died, stop_wanted, socket_ended},
     "none empty status 8 signal 9 TERM KILL killed 3"},
    {{handed_over, dropped, gone, shim_ended},
     "none empty status 8 signal 9 TERM KILL killed 3"},
    // The shim: it could not be started.
    {{handed_over, start_failed, gone, shim_ended},
     "program_not_found never_started signal 9 TERM KILL killed 3 errno 2: "
     "cannot execute /bin/tool: No such file or directory"},
    {{handed_over, warden_died, start_failed, gone, socket_ended},
     "program_not_found never_started signal 9 TERM KILL killed 3 errno 2: "
     "cannot execute /bin/tool: No such file or directory"},
    {{stop_wanted, handed_over, start_failed, gone, shim_ended},
     "program_not_found never_started signal 9 TERM KILL killed 3 errno 2: "
     "cannot execute /bin/tool: No such file or directory"},
    {{handed_over, start_failed, stop_wanted, gone, shim_ended},
     "program_not_found never_started signal 9 TERM KILL killed 3 errno 2: "
     "cannot execute /bin/tool: No such file or directory"},
    // The warden, where the shim did not say it.
    {{handed_over, shim_ended},
     "spawn_failed swept killed 4: "
     "its guard was killed; all that it guarded has been killed"},
    {{handed_over, started, shim_ended},
     "child_exited swept killed 4: "
     "its guard was killed; all that it guarded has been killed"},
    {{handed_over, started, stop_wanted, exited, socket_ended, shim_ended},
     "none swept status 7 killed 4: "
     "its guard was killed; all that it guarded has been killed"},
    {{handed_over, socket_ended, stop_wanted, shim_ended},
     "none swept killed 4: "
     "its guard was killed; all that it guarded has been killed"},
    {{handed_over, start_failed, exited, shim_ended},
     "program_not_found swept killed 4 errno 2: "
     "its guard was killed; all that it guarded has been killed"},
    {{handed_over, exited, start_failed, shim_ended},
     "program_not_found swept killed 4 errno 2: "
     "its guard was killed; all that it guarded has been killed"},
    {{handed_over, start_failed, shim_ended},
     "program_not_found swept killed 4 errno 2: "
     "its guard was killed; all that it guarded has been killed"},
    // The search, where both died.
    {{handed_over, socket_ended, warden_died, swept},
     "spawn_failed best_effort killed 5: swept"},
    {{started, handed_over, socket_ended, warden_died, swept},
     "spawn_failed best_effort killed 5: swept"},
    {{handed_over, warden_died, started, socket_ended, swept},
     "child_exited best_effort killed 5: swept"},
    {{handed_over, started, exited, warden_died, socket_ended, swept},
     "child_exited best_effort status 7 killed 5: swept"},
    {{handed_over, stop_wanted, warden_died, socket_ended, swept},
     "none best_effort killed 5: swept"},
    {{handed_over, warden_died, socket_ended, stop_wanted, swept},
     "none best_effort killed 5: swept"},
    {{handed_over, start_failed, warden_died, socket_ended, swept},
     "program_not_found best_effort killed 5 errno 2: swept"},
    // There never was a shim.
    {{failed}, "invalid_spec never_started errno 7: too large"},
    {{stop_wanted, failed}, "invalid_spec never_started errno 7: too large"},
    {{fork_failed},
     "spawn_failed never_started errno 1: "
     "cannot fork a guard for /bin/tool: Operation not permitted"},
    {{handed_over, socket_ended, fork_failed},
     "spawn_failed never_started errno 1: "
     "cannot fork a guard for /bin/tool: Operation not permitted"},
  }));
  auto x = after(way);
  CHECK(x.at() == over);
  CHECK(text_of(x.verdict()) == verdict);
}

SCENARIO("a failed start names its step and its cause", "[server_lifecycle]") {
  auto [step, error, verdict] = GENERATE(table<start_step, int, std::string>({
    {start_step::request, EBADMSG,
     "spawn_failed never_started errno 74: "
     "cannot prepare /bin/tool: Bad message"},
    {start_step::request, ECANCELED,
     "none never_started errno 125: "
     "cannot prepare /bin/tool: Operation canceled"},
    {start_step::fork, EPERM,
     "spawn_failed never_started errno 1: "
     "cannot fork for /bin/tool: Operation not permitted"},
    {start_step::chdir, ENOENT,
     "spawn_failed never_started errno 2: "
     "cannot enter the folder /home: No such file or directory"},
    {start_step::exec, EPERM,
     "spawn_failed never_started errno 1: "
     "cannot execute /bin/tool: Operation not permitted"},
    {start_step::exec, EACCES,
     "program_not_found never_started errno 13: "
     "cannot execute /bin/tool: Permission denied"},
    {start_step::exec, ENOMEM,
     "spawn_failed never_started errno 12: "
     "cannot execute /bin/tool: Cannot allocate memory (there is no memory "
     "left for it, here or in this container)"},
    {start_step::overdue, ETIMEDOUT,
     "spawn_failed empty errno 110: "
     "cannot execute /bin/tool: Connection timed out"},
  }));
  auto x = after({handed_over});
  CHECK(x.on_start_failed({error, step}) == none);
  CHECK(x.on_gone({}) == await_warden);
  CHECK(x.on_shim_ended({}) == tell_end);
  CHECK(text_of(x.verdict()) == verdict);
}

SCENARIO("a file that cannot be executed is no program", "[server_lifecycle]") {
  auto error = GENERATE(ENOENT, EACCES, ENOEXEC, ENOTDIR, EISDIR, ELOOP);
  auto x = after({handed_over});
  x.on_start_failed({error, start_step::exec});
  CHECK(x.verdict().why == errc::program_not_found);
  auto y = after({handed_over});
  y.on_start_failed({error, start_step::chdir});
  CHECK(y.verdict().why == errc::spawn_failed);
}

#include "troupe/tools/demo-server/options.hpp"

#include "troupe/tools/standard_output.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <sstream>

namespace troupe::demo {

namespace {

/// Adds an option whose value is a plain number of milliseconds.
template <class Target>
void add_time(CLI::App& app, const char* name, Target& target,
              const char* text) {
  app
    .add_option_function<uint32_t>(
      name, [&target](uint32_t x) { target = milliseconds{x}; }, text)
    ->type_name("MS");
}

void add_offers(CLI::App& app, options& x) {
  app.add_option("--era", x.era, "both (default), legacy or modern")
    ->check(CLI::IsMember({"both", "legacy", "modern"}));
  app
    .add_option("--version", x.version,
                "take and offer this protocol version alone, known or not")
    ->type_name("V");
  app.add_option("--tools", x.tools, "offer N more plain tools")
    ->type_name("N")
    ->check(CLI::Range(0, 100'000));
  app.add_option("--page", x.page, "list N tools a page")->type_name("N");
  app
    .add_option("--ledger", x.ledger,
                "append a line, tool and key, for each call that is executed")
    ->type_name("FILE");
}

void add_process_faults(CLI::App& app, options& x) {
  app.add_flag("--ignore-eof", x.ignore_eof,
               "live on when stdin ends, for an hour");
  app.add_flag("--ignore-term", x.ignore_term, "ignore TERM, HUP and INT");
  app.add_flag("--daemonize", x.daemonize,
               "leave a daemon behind (two forks and a session of its own)");
  app.add_flag("--setsid-child", x.setsid_child,
               "start a child in a session of its own, on our stdout");
  app
    .add_option("--pid-file", x.pid_file,
                "append what was started: server, child or daemon, and pid")
    ->type_name("FILE");
}

void add_handshake_faults(CLI::App& app, options& x) {
  app.add_flag("--mute", x.mute, "read everything, answer nothing");
  app.add_flag("--mute-initialize", x.mute_initialize,
               "never answer initialize (and know no server/discover)");
  app.add_flag("--silent-on-probe", x.silent_on_probe,
               "never answer server/discover");
  app.add_flag("--exit-on-probe", x.exit_on_probe,
               "exit 1 on any request before initialize");
  app.add_flag("--lock-era", x.lock_era,
               "once server/discover came, refuse initialize");
  add_time(app, "--late-probe", x.late_probe,
           "answer server/discover after this time");
  add_time(app, "--slow-start", x.slow_start, "read nothing for this time");
  app.add_flag("--unknown-requests", x.unknown_requests,
               "send ping and an unknown request once initialized, and report "
               "the answers on stderr");
}

void add_deaths(CLI::App& app, options& x) {
  app
    .add_option("--die-on-call", x.die_on_call,
                "die of KILL in the Nth call, after it was executed")
    ->type_name("N");
  add_time(app, "--die-after", x.die_after, "exit 1 after this time");
  add_time(app, "--flap", x.flap,
           "exit 0 this time after the handshake was answered");
  app
    .add_option("--exit", x.exit_status,
                "exit at once with this status; with --die-after or --flap: "
                "then")
    ->type_name("STATUS")
    ->check(CLI::Range(0, 255));
}

void add_byte_faults(CLI::App& app, options& x) {
  app.add_flag("--garbage", x.garbage,
               "before each answer, lines that are not JSON, or not a message");
  app.add_flag("--banner", x.banner, "greet on stdout before anything else");
  app.add_flag("--invalid-utf8", x.invalid_utf8,
               "before each answer, a line that is not UTF-8");
  app.add_flag("--endless-line", x.endless_line,
               "from the first call on, one line without an end");
  app
    .add_option("--long-line", x.long_line,
                "before the first call's answer, a line of that many bytes")
    ->type_name("BYTES");
  app
    .add_option("--stderr-flood", x.stderr_flood,
                "before the first answer, that many bytes to stderr, blocking")
    ->type_name("BYTES");
  app
    .add_option("--flood", x.flood,
                "once initialized (legacy), that many bytes of log messages a "
                "second")
    ->type_name("BYTES");
  app.add_flag("--stop-reading", x.stop_reading,
               "from the first call on, read nothing");
  app.add_flag("--close-stdout", x.close_stdout,
               "answer the first call, then close stdout and live on");
}

void add_answer_faults(CLI::App& app, options& x) {
  app.add_flag("--wrong-ids", x.wrong_ids,
               "answer calls under ids that were never used");
  app.add_flag("--duplicate-answers", x.duplicate_answers,
               "give each answer twice");
  app.add_flag("--string-ids", x.string_ids, "answer id 7 as \"7\"");
  app.add_flag("--progress-for-ever", x.progress_for_ever,
               "never answer a call, but report progress each 10 ms");
  app.add_flag("--cursor-loop", x.cursor_loop,
               "give the same next cursor with every page of tools");
  app.add_flag("--empty-cursor", x.empty_cursor,
               "let the second page of tools have the cursor \"\"");
  app.add_flag("--bad-tool", x.bad_tool,
               "list one invalid tool among the good; over HTTP, also one "
               "whose headers are invalid");
}

void add_all(CLI::App& app, options& x) {
  add_offers(app, x);
  app.option_defaults()->group("Processes");
  add_process_faults(app, x);
  app.option_defaults()->group("Handshake");
  add_handshake_faults(app, x);
  app.option_defaults()->group("Deaths");
  add_deaths(app, x);
  app.option_defaults()->group("Bytes");
  add_byte_faults(app, x);
  app.option_defaults()->group("Answers");
  add_answer_faults(app, x);
  add_http_options(app, x.http);
}

/// Applies what some options mean for others.
void settle(options& x) {
  if (x.mute_initialize || x.exit_on_probe)
    x.era = "legacy";
  // Versions are dates, so that their order is that of the text.
  if (!x.version.empty())
    x.era = x.version < "2026" ? "legacy" : "modern";
  if (x.empty_cursor && x.page == 0)
    x.page = 4;
}

} // namespace

command_line read_command_line(int argc, char** argv) {
  command_line result;
  CLI::App app{"An MCP server on stdio, or over HTTP, that is honest unless "
               "told otherwise."};
  add_all(app, result.value);
  try {
    app.parse(argc, argv);
    settle(result.value);
  } catch (const CLI::ParseError& x) {
    std::ostringstream out;
    result.exit_now = app.exit(x, out, std::cerr);
    standard_output::print(out.str());
  }
  return result;
}

} // namespace troupe::demo

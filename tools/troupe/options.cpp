#include "troupe/tools/troupe/options.hpp"

#include "troupe/build.hpp"
#include "troupe/messages/defaults.hpp"
#include "troupe/messages/escape.hpp"
#include "troupe/tools/troupe/exit_status.hpp"
#include "troupe/tools/troupe/limits.hpp"
#include "troupe/tools/troupe/render_text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

namespace troupe::cli {

namespace {

constexpr std::array<std::pair<command, std::string_view>, 8> names{{
  {command::run, "run"},
  {command::list, "list"},
  {command::tools, "tools"},
  {command::call, "call"},
  {command::reload, "reload"},
  {command::close, "close"},
  {command::status, "status"},
  {command::doctor, "doctor"},
}};

constexpr auto about = R"(Keeps MCP servers running, and talks to them.

`run` supervises the servers of a configuration file. The other commands reach a
running one over its socket: that of --socket, or of --config's file, or else
the only one that runs. Where none runs, `list`, `tools` and `call` start what
they need of --config's file, do their work, and stop it again.)";

constexpr auto statuses = R"(Exit status:
  0    done; for `run`: all servers stopped and left nothing behind
  1    failed: a server, a call (also where the tool says so), a dirty stop,
       output that could not be written
  2    the command line or the configuration cannot be used
  3    nothing runs that could be asked
  4    `run`: the same configuration runs already
  128 and more: ended by a signal, as 130 by INT (Ctrl-C) and 143 by TERM; 141
       where the reader of the output went away

With --json, stdout holds one JSON value and nothing else; `run --json` writes
one value a line. Colours need a terminal, and no NO_COLOR.)";

/// No server, tool or file has an empty name.
std::string is_given(const std::string& x) {
  return x.empty() ? "must not be empty" : "";
}

/// Seconds, with a fraction where wanted.
void add_seconds(CLI::App& app, const char* name, milliseconds& target,
                 const char* text) {
  auto most = std::chrono::duration<double>(defaults::configured_time_max);
  app
    .add_option_function<double>(
      name,
      [&target](double x) {
        target = milliseconds{static_cast<int64_t>(x * 1000)};
      },
      text)
    ->type_name("SECONDS")
    ->check([most](const std::string& text) -> std::string {
      double x = 0;
      if (CLI::detail::lexical_cast(text, x) && x >= 0.001 && x <= most.count())
        return {};
      return "must be seconds, from 0.001 to "
             + std::to_string(static_cast<int>(most.count()));
    });
}

/// `run` and `doctor` take the file as an argument, the others as an option.
void add_file(CLI::App& app, options& x) {
  app.add_option("FILE", x.config, "the configuration")
    ->required()
    ->type_name("")
    ->check(is_given);
}

void add_target(CLI::App& app, options& x) {
  app
    .add_option("-c,--config", x.config,
                "the configuration of the running program")
    ->type_name("FILE")
    ->check(is_given);
  app.add_option("-s,--socket", x.socket, "the socket of the running program")
    ->type_name("PATH")
    ->check(is_given);
}

void add_server(CLI::App& app, options& x, bool required) {
  auto text = required ? "the server's name" : "only this one";
  app.add_option("SERVER", x.server, text)
    ->required(required)
    ->type_name("")
    ->check(is_given);
}

void add_run(CLI::App& app, options& x) {
  auto& run = *app.add_subcommand(
    "run", "supervise the servers of a file until Ctrl-C; a second Ctrl-C "
           "ends at once");
  add_file(run, x);
  run.add_option("-s,--socket", x.socket, "where to listen for commands")
    ->type_name("PATH")
    ->check(is_given);
  auto most = std::to_string(limits::live_max_most);
  run
    .add_option("--live-max", x.live_max,
                "servers that run at a time, at most ("
                  + std::to_string(x.live_max)
                  + " by default); others are queued for a slot")
    ->type_name("NUMBER")
    ->check([most](const std::string& text) -> std::string {
      uint32_t y = 0;
      auto good = CLI::detail::lexical_cast(text, y) && y >= 1
                  && y <= limits::live_max_most;
      return good ? "" : "must be a whole number from 1 to " + most;
    });
}

void add_call(CLI::App& app, options& x) {
  auto& call = *app.add_subcommand("call", "run a tool");
  add_server(call, x, true);
  call.add_option("TOOL", x.tool, "the tool's name")
    ->required()
    ->type_name("")
    ->check(is_given);
  call
    .add_option("JSON", x.arguments,
                "its arguments, an object ({} by default; - reads stdin)")
    ->type_name("");
  add_seconds(call, "-t,--timeout", x.timeout,
              "give the call up after this time");
  add_target(call, x);
}

void add_others(CLI::App& app, options& x) {
  add_target(*app.add_subcommand("list", "the servers, and their status"), x);
  auto& tools = *app.add_subcommand("tools", "the tools of the servers");
  add_server(tools, x, false);
  add_target(tools, x);
  auto& reload = *app.add_subcommand(
    "reload", "read a server's entry anew, end the server and start it");
  add_server(reload, x, true);
  add_target(reload, x);
  auto& close = *app.add_subcommand("close", "end a server, with proof");
  add_server(close, x, true);
  add_seconds(close, "--drain", x.drain, "let calls finish for this time");
  add_target(close, x);
  add_target(*app.add_subcommand("status", "the whole tree, in detail"), x);
  add_file(*app.add_subcommand(
             "doctor", "start each server of a file once, and explain what "
                       "goes wrong"),
           x);
}

void add_all(CLI::App& app, options& x) {
  app.footer(statuses);
  app.require_subcommand(1);
  add_run(app, x);
  add_call(app, x);
  add_others(app, x);
  for (auto sub : app.get_subcommands(nullptr)) {
    sub->add_flag("-j,--json", x.json, "print JSON");
    sub->add_flag("-v,--verbose", x.verbose, "say what is going on");
    sub->footer("`troupe --help` explains the exit status.");
  }
}

/// Explains an error in the command line, and says where to look.
std::string explain(const CLI::App& app, const CLI::ParseError& x, int argc,
                    const char* const* argv) {
  auto used = app.get_subcommands();
  if (!used.empty())
    return std::string{x.what()} + "; see `troupe " + used.front()->get_name()
           + " --help`";
  std::string all;
  for (auto& [what, name] : names)
    all += (all.empty() ? "" : ", ") + std::string{name};
  auto wrong = argc > 1 ? std::string{argv[1]} : std::string{};
  if (wrong.empty() || wrong.front() == '-')
    return "a command is missing: one of " + all + "; see `troupe --help`";
  return "there is no command '" + wrong + "'; there are " + all;
}

bool wants_json(int argc, const char* const* argv) {
  return std::any_of(argv, argv + argc, [](std::string_view x) {
    return x == "--json" || x == "-j";
  });
}

/// Reports it like any other failure.
void refuse(command_line& to, const std::string& text, bool as_json) {
  auto why = refused(exit_status::usage, "usage", text);
  to.exit_now = why.exit;
  if (as_json)
    to.out = render_json(why).out;
  else
    to.error = "troupe: " + render_text(command::run, why, {}).error;
}

} // namespace

std::string_view to_string(command x) {
  return names[static_cast<size_t>(x)].second;
}

std::optional<command> command_named(std::string_view name) {
  auto found = std::find_if(names.begin(), names.end(),
                            [name](auto& x) { return x.second == name; });
  if (found == names.end())
    return std::nullopt;
  return found->first;
}

command_line read_command_line(int argc, const char* const* argv) {
  command_line result;
  CLI::App app{about, "troupe"};
  add_all(app, result.value);
  app.set_version_flag("--version", "troupe " TROUPE_VERSION,
                       "Print the version and exit");
  try {
    app.parse(argc, argv);
    auto used = app.get_subcommands();
    result.value.what = *command_named(used.front()->get_name());
  } catch (const CLI::ParseError& x) {
    std::ostringstream out;
    std::ostringstream error;
    if (app.exit(x, out, error) == 0) {
      result.exit_now = exit_status::ok;
      result.out = escape_text(out.str());
    } else {
      refuse(result, explain(app, x, argc, argv), wants_json(argc, argv));
    }
  }
  return result;
}

} // namespace troupe::cli

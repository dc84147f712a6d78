#include "troupe/tools/standard_output.hpp"
#include "troupe/tools/troupe/commands.hpp"
#include "troupe/tools/troupe/config_file.hpp"
#include "troupe/tools/troupe/control_client.hpp"
#include "troupe/tools/troupe/exit_status.hpp"
#include "troupe/tools/troupe/limits.hpp"
#include "troupe/tools/troupe/line_output.hpp"
#include "troupe/tools/troupe/paths.hpp"
#include "troupe/tools/troupe/progress_line.hpp"
#include "troupe/tools/troupe/render_text.hpp"

#include "troupe/messages/escape.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace troupe::cli {

namespace {

/// The socket to connect to; or none, and the outcome then.
struct target {
  std::string socket;
  outcome otherwise;
};

outcome usage(const std::string& text) {
  return refused(exit_status::usage, "usage", text);
}

outcome not_running(const std::string& text) {
  return refused(exit_status::not_running, "not_running", text);
}

/// What is wrong with the file or the socket that was named, if anything.
std::string fault_of(const options& x) {
  if (!x.config.empty()) {
    auto file = read_config(x.config);
    return file.error.empty() ? "" : x.config + ": " + file.error;
  }
  struct stat about {};
  auto is_there = !x.socket.empty() && ::stat(x.socket.c_str(), &about) == 0;
  return is_there && !S_ISSOCK(about.st_mode) ? x.socket + ": is not a socket"
                                              : "";
}

outcome nothing_runs(const options& x) {
  if (auto why = fault_of(x); !why.empty())
    return usage(why);
  auto own = x.what == command::list || x.what == command::tools
             || x.what == command::call;
  if (x.config.empty() && x.socket.empty())
    return not_running(std::string{"nothing runs; start it with `troupe run "
                                   "FILE`"}
                       + (own ? ", or name a file with --config" : ""));
  auto& what = x.config.empty() ? x.socket : x.config;
  return not_running(what + ": nothing runs"
                     + (x.config.empty() ? " there" : " for it")
                     + "; start it with `troupe run "
                     + (x.config.empty() ? "FILE" : x.config) + "`");
}

/// Without a name, the only running program is meant.
target find_only(const options& x) {
  auto folder = runtime_folder();
  if (!folder.error.empty())
    return {{}, refused(exit_status::failed, "no_socket", folder.error)};
  auto all = running_among(sockets_in(folder.path));
  if (all.size() == 1)
    return {all.front(), {}};
  if (all.empty())
    return {{}, nothing_runs(x)};
  auto text = std::to_string(all.size())
              + " are running; choose with --config FILE, or with --socket:";
  for (auto& socket : all)
    text += ' ' + socket;
  return {{}, usage(text)};
}

target find_target(const options& x) {
  if (!x.socket.empty())
    return {x.socket, {}};
  if (x.config.empty())
    return find_only(x);
  auto folder = runtime_folder();
  if (!folder.error.empty())
    return {{}, refused(exit_status::failed, "no_socket", folder.error)};
  return {socket_for(folder.path, real_path(x.config)), {}};
}

/// The arguments as a value, or a sentence in `error`.
std::string read_arguments(const options& x, json& out) {
  auto text = x.arguments;
  if (text == "-") {
    auto all = read_all(STDIN_FILENO, defaults::frame_bytes_max);
    if (!all.error.empty())
      return "stdin " + all.error;
    text = std::move(all.text);
  }
  auto [value, error] = json::parse(std::move(text));
  if (error.why != json_error::reason::none)
    return "the arguments are not JSON: " + error.text();
  if (!value.is_object())
    return "the arguments must be a JSON object, as {\"text\":\"hello\"}";
  out = value;
  return {};
}

bool works_alone(const options& x) {
  return !x.config.empty()
         && (x.what == command::list || x.what == command::tools
             || x.what == command::call);
}

outcome ask_or_do(const options& x, const control_request& request) {
  auto where = find_target(x);
  if (where.socket.empty())
    return where.otherwise;
  while_waiting told;
  told.on_wait = [&x] {
    if (::isatty(STDERR_FILENO) == 1 || x.verbose)
      say_error("waiting for the answer ...");
  };
  told.on_progress = [](const call_progress& news) {
    auto text = progress_text(news, columns_of(STDERR_FILENO));
    write_all(STDERR_FILENO, rewritten(text));
  };
  auto said = ask_running(where.socket, request, told);
  if (request.wants_progress)
    write_all(STDERR_FILENO, rewritten(""));
  if (!said.error.empty())
    return failed(errc::connection_lost, said.error);
  if (said.is_running)
    return said.value;
  return works_alone(x) ? do_alone(x, request) : nothing_runs(x);
}

} // namespace

int ask(const options& x) {
  control_request request;
  request.what = x.what;
  request.server = x.server;
  request.tool = x.tool;
  request.timeout = x.timeout;
  request.drain = x.drain;
  request.wants_progress =
    x.what == command::call && !x.json && is_live_terminal(STDERR_FILENO);
  if (x.what == command::call)
    if (auto why = read_arguments(x, request.arguments); !why.empty())
      return show(x, usage(why));
  return show(x, ask_or_do(x, request));
}

int show(const options& x, const outcome& what) {
  auto text = x.json ? render_json(what)
                     : render_text(x.what, what, style_for(STDOUT_FILENO));
  if (!text.error.empty())
    say_error(text.error.substr(0, text.error.size() - 1));
  standard_output::print(text.out);
  return what.exit;
}

outcome interrupted(int signal) {
  return refused(exit_status::ended_by(signal), "interrupted",
                 "ended by a signal");
}

void say_error(const std::string& text) {
  write_all(STDERR_FILENO, "troupe: " + text + '\n');
}

} // namespace troupe::cli

#include "troupe/tools/standard_output.hpp"
#include "troupe/tools/troupe/advice.hpp"
#include "troupe/tools/troupe/commander.hpp"
#include "troupe/tools/troupe/commands.hpp"
#include "troupe/tools/troupe/config_file.hpp"
#include "troupe/tools/troupe/control_server.hpp"
#include "troupe/tools/troupe/event_lines.hpp"
#include "troupe/tools/troupe/exit_status.hpp"
#include "troupe/tools/troupe/limits.hpp"
#include "troupe/tools/troupe/paths.hpp"
#include "troupe/tools/troupe/session_loop.hpp"

#include <cerrno>
#include <unistd.h>

namespace troupe::cli {

namespace {

/// `run`: the servers, the socket, and what is printed.
class supervision {
public:
  supervision(const options& x, supervised about, control_listener listening)
    : about_(std::move(about)), listening_(std::move(listening)), json_(x.json),
      look_(style_for(STDOUT_FILENO)), session_(hooks_for(*this), x.live_max),
      out_(session_.loop(), STDOUT_FILENO),
      commands_(session_.servers(), about_) {
    // The servers go on without a reader; a full disk is reported.
    out_.on_lost = [](int error) {
      if (error != EPIPE)
        standard_output::lose(error);
    };
  }

  int run() {
    greet();
    for (auto& x : about_.loaded.servers)
      if (x.enabled)
        open(x);
    auto clean = session_.run();
    return clean ? exit_status::ok : exit_status::failed;
  }

private:
  static session_loop::hooks hooks_for(supervision& self) {
    session_loop::hooks result;
    result.heard.on_event = [&self](const client_event& x) { self.tell(x); };
    result.heard.on_diagnostic = [&self](const diagnostic& x) { self.tell(x); };
    result.heard.on_dropped = [&self](uint64_t count) {
      self.tell_dropped(count);
    };
    result.on_signal = [&self](int) { self.on_signal(); };
    result.on_stopped = [&self](const stop_all_report& x,
                                const main_loop::task& quit) {
      self.say(stopped_lines(x, self.look_), stopped_json(x, full_time()));
      if (self.control_)
        self.control_->finish(quit);
      else
        quit();
    };
    result.on_over = [&self] { self.out_.flush(limits::flush_timeout); };
    return result;
  }

  void greet() {
    auto count = counted(about_.loaded.servers.size(), "server");
    say("troupe: runs, pid " + std::to_string(about_.pid) + ", " + count
          + " of " + shown_line(about_.config) + ", socket "
          + shown_line(about_.socket),
        running_json(about_, full_time()));
  }

  /// The socket is opened once all servers can be asked for by name.
  void open(const server_spec& spec) {
    ++opening_;
    session_.servers().open(spec, [this, spec](const failure& why) {
      if (why) {
        client_event event;
        event.server = spec.name;
        event.to = phase::failed;
        event.why = why.code;
        event.text = why.text;
        tell(event);
      }
      if (--opening_ == 0)
        take_commands();
    });
  }

  void take_commands() {
    control_.emplace(
      session_.loop(), listening_.fd(),
      [this](const control_request& x, control_server::answer_fn then,
             control_server::progress_fn on_progress) {
        return commands_.perform(x, std::move(then), std::move(on_progress));
      });
  }

  void on_signal() {
    if (!json_)
      out_.line("troupe: stopping; a second signal ends at once");
  }

  template <class Event>
  void tell(const Event& x) {
    say(event_line(x, look_), event_json(x, full_time()));
  }

  void tell_dropped(uint64_t count) {
    say(std::to_string(count) + " events came too fast to be shown",
        dropped_json(count, full_time()));
  }

  void say(const std::string& text, const json& value) {
    if (auto count = out_.take_dropped())
      tell_dropped(count);
    out_.line(json_ ? terminal_safe(value)
                    : look_.faint(clock_time()) + ' ' + text);
  }

  supervised about_;
  control_listener listening_;
  bool json_;
  style look_;
  session_loop session_;
  line_output out_;
  commander commands_;
  size_t opening_ = 0;
  std::optional<control_server> control_;
};

bool has_enabled(const loaded_config& x) {
  for (auto& spec : x.servers)
    if (spec.enabled)
      return true;
  return false;
}

/// The socket's path, or an error.
checked_folder place_of(const options& x, const std::string& config) {
  if (!x.socket.empty())
    return {x.socket, {}};
  auto folder = runtime_folder();
  if (folder.error.empty())
    folder.path = socket_for(folder.path, config);
  return folder;
}

} // namespace

int supervise(const options& x) {
  supervised about;
  about.config = real_path(x.config);
  about.loaded = load_config(x.config);
  about.pid = ::getpid();
  if (is_useless(about.loaded))
    return show(x, refused(exit_status::usage, "invalid_config",
                           to_string(about.loaded.errors.front())));
  write_all(STDERR_FILENO, describe(about.loaded));
  if (!has_enabled(about.loaded))
    return show(x, refused(exit_status::usage, "invalid_config",
                           x.config + ": names no server that can be started"));
  auto place = place_of(x, about.config);
  if (!place.error.empty())
    return show(x, refused(exit_status::failed, "no_socket", place.error));
  auto listening = control_listener::open(place.path);
  if (listening.is_running)
    return show(x, refused(exit_status::already_running, "already_running",
                           x.config + ": " + listening.error));
  if (!listening.error.empty())
    return show(x, refused(exit_status::failed, "no_socket", listening.error));
  about.socket = place.path;
  return supervision{x, std::move(about), std::move(listening.value)}.run();
}

} // namespace troupe::cli

#include "troupe/tools/troupe/advice.hpp"
#include "troupe/tools/troupe/checkup.hpp"
#include "troupe/tools/troupe/commander.hpp"
#include "troupe/tools/troupe/commands.hpp"
#include "troupe/tools/troupe/config_file.hpp"
#include "troupe/tools/troupe/event_lines.hpp"
#include "troupe/tools/troupe/exit_status.hpp"
#include "troupe/tools/troupe/limits.hpp"
#include "troupe/tools/troupe/progress_line.hpp"
#include "troupe/tools/troupe/session_loop.hpp"

#include <unistd.h>

namespace troupe::cli {

namespace {

/// One command, on servers that it starts itself.
class errand {
public:
  errand(const options& x, supervised about)
    : about_(std::move(about)), loud_(x.verbose),
      progress_(x.verbose || ::isatty(STDERR_FILENO) == 1),
      look_(style_for(STDERR_FILENO)), session_(hooks_for(*this)),
      error_(session_.loop(), STDERR_FILENO),
      commands_(session_.servers(), about_) {
    // nop
  }

  outcome call(const control_request& x, const server_spec& spec) {
    bring_up(session_.servers(), spec,
             [this, x, spec](const answer<client_status>& y) {
               if (y.ok())
                 commands_.perform(
                   x, [this](const reply& z) { finish(z.get()); },
                   [this](const call_progress& z) { show(z); });
               else
                 finish(explained(y.error, spec));
             });
    return run();
  }

  outcome tools(const std::vector<server_spec>& specs) {
    check_all(
      session_.servers(), specs,
      [this](const checked_server& x) {
        if (x.why)
          tools_[x.spec.name] = with_advice(x.why, x.spec, x.seen);
        else
          tools_[x.spec.name] = x.tools;
      },
      [this] {
        finish(tools_outcome({tools_.begin(), tools_.end()}));
      });
    return run();
  }

private:
  static session_loop::hooks hooks_for(errand& self) {
    session_loop::hooks result;
    result.heard.on_event = [&self](const client_event& x) {
      if (self.progress_)
        self.say(event_line(x, self.look_));
    };
    result.heard.on_diagnostic = [&self](const diagnostic& x) {
      if (self.loud_)
        self.say(event_line(x, self.look_));
    };
    result.heard.on_dropped = [](uint64_t) {};
    result.on_over = [&self] { self.error_.flush(limits::flush_timeout); };
    return result;
  }

  void show(const call_progress& x) {
    error_.piece(rewritten(progress_text(x, columns_of(STDERR_FILENO))));
    is_shown_ = true;
  }

  /// Prints a line in place of the progress that is shown.
  void say(const std::string& line) {
    hide();
    error_.line(line);
  }

  void hide() {
    if (std::exchange(is_shown_, false))
      error_.piece(rewritten(""));
  }

  static failure with_advice(failure why, const server_spec& spec,
                             const signs& seen = {}) {
    why.text = naming(spec.name, why) + ". " + advice_for(why, spec, seen);
    return why;
  }

  outcome explained(const failure& why, const server_spec& spec) const {
    auto x = with_advice(why, spec);
    x.text = about_.config + ": " + x.text;
    return failed(x);
  }

  void finish(const outcome& x) {
    hide();
    if (session_.signal() == 0)
      result_ = x;
    session_.end();
  }

  outcome run() {
    auto clean = session_.run();
    if (!result_) // nothing else ends the loop before
      return interrupted(session_.signal());
    if (!clean && result_->exit == exit_status::ok)
      result_->exit = exit_status::failed;
    return *result_;
  }

  supervised about_;
  bool loud_;
  bool progress_;
  style look_;
  session_loop session_;
  line_output error_;
  bool is_shown_ = false;
  commander commands_;
  std::map<std::string, answer<tool_list>> tools_;
  std::optional<outcome> result_;
};

std::vector<server_spec> enabled_among(const std::vector<server_spec>& all) {
  std::vector<server_spec> result;
  for (auto& x : all)
    if (x.enabled)
      result.push_back(x);
  return result;
}

} // namespace

outcome do_alone(const options& x, const control_request& request) {
  supervised about;
  about.config = real_path(x.config);
  about.loaded = load_config(x.config);
  if (is_useless(about.loaded))
    return refused(exit_status::usage, "invalid_config",
                   to_string(about.loaded.errors.front()));
  if (request.what == command::list)
    return {exit_status::ok, list_json(about, {})};
  if (request.server.empty()) {
    write_all(STDERR_FILENO, describe(about.loaded));
    return errand{x, about}.tools(enabled_among(about.loaded.servers));
  }
  auto spec = find_server(about.loaded, request.server);
  if (spec == nullptr || !spec->enabled)
    return failed(errc::unknown_server, why_unknown(about, request.server));
  if (request.what == command::tools)
    return errand{x, about}.tools({*spec});
  return errand{x, about}.call(request, *spec);
}

} // namespace troupe::cli

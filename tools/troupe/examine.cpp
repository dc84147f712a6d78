#include "troupe/tools/standard_output.hpp"
#include "troupe/tools/troupe/advice.hpp"
#include "troupe/tools/troupe/checkup.hpp"
#include "troupe/tools/troupe/commands.hpp"
#include "troupe/tools/troupe/config_file.hpp"
#include "troupe/tools/troupe/event_lines.hpp"
#include "troupe/tools/troupe/exit_status.hpp"
#include "troupe/tools/troupe/limits.hpp"
#include "troupe/tools/troupe/render_doctor.hpp"
#include "troupe/tools/troupe/session_loop.hpp"

#include <map>
#include <unistd.h>

namespace troupe::cli {

namespace {

/// `doctor`: starts every server once.
class examination {
public:
  examination(const options& x, diagnosis& into)
    : into_(into), json_(x.json), loud_(x.verbose),
      progress_(x.verbose || ::isatty(STDERR_FILENO) == 1),
      session_(hooks_for(*this)), out_(session_.loop(), STDOUT_FILENO),
      error_(session_.loop(), STDERR_FILENO) {
    out_.on_lost = standard_output::lose;
  }

  /// Returns false if a signal came first, or something may be left.
  bool run(const std::vector<server_spec>& specs) {
    check_all(
      session_.servers(), specs,
      [this](const checked_server& x) { on_checked(x); },
      [this] { session_.end(); });
    auto clean = session_.run();
    // The servers are gone: waiting for a slow reader costs nothing now.
    standard_output::print(out_.take_rest());
    return clean && session_.signal() == 0;
  }

  /// The signal that came; 0: none did.
  int signal() const {
    return session_.signal();
  }

private:
  static session_loop::hooks hooks_for(examination& self) {
    session_loop::hooks result;
    result.heard.on_event = [&self](const client_event& x) {
      if (self.progress_)
        self.error_.line(event_line(x, style_for(STDERR_FILENO)));
    };
    result.heard.on_diagnostic = [&self](const diagnostic& x) {
      self.note(x);
      if (self.loud_)
        self.error_.line(event_line(x, style_for(STDERR_FILENO)));
    };
    result.heard.on_dropped = [](uint64_t) {};
    result.on_over = [&self] {
      self.error_.flush(limits::flush_timeout);
      self.out_.flush(limits::flush_timeout);
    };
    return result;
  }

  void note(const diagnostic& x) {
    using kind = diagnostic::kind;
    if (x.what == kind::stdout_noise)
      noise_.try_emplace(x.server, x.text);
    auto& seen = seen_[x.server];
    seen.spoke = seen.spoke || x.what == kind::stdout_noise
                 || x.what == kind::protocol_fault
                 || x.what == kind::server_log;
    seen.flooded = seen.flooded || x.what == kind::throttled;
  }

  void on_checked(checked_server x) {
    if (auto i = noise_.find(x.spec.name); i != noise_.end())
      x.noise = i->second;
    auto& seen = seen_[x.spec.name];
    x.seen.spoke = seen.spoke;
    x.seen.flooded = seen.flooded;
    into_.servers.push_back(x);
    if (!json_)
      out_.line(checkup_text(x, style_for(STDOUT_FILENO)));
  }

  diagnosis& into_;
  std::map<std::string, std::string> noise_; // by server
  std::map<std::string, signs> seen_;        // by server
  bool json_;
  bool loud_;
  bool progress_;
  session_loop session_;
  line_output out_;
  line_output error_;
};

int conclude(const options& x, const diagnosis& all) {
  auto status = is_healthy(all) ? exit_status::ok : exit_status::failed;
  if (x.json)
    standard_output::print(terminal_safe(doctor_json(all)) + '\n');
  else
    standard_output::print(verdict_text(all, style_for(STDOUT_FILENO)));
  return status;
}

} // namespace

int examine(const options& x) {
  diagnosis all;
  all.loaded = load_config(x.config);
  all.file = x.config;
  if (is_useless(all.loaded) && all.loaded.servers.empty())
    return show(x, refused(exit_status::usage, "invalid_config",
                           to_string(all.loaded.errors.front())));
  if (!x.json)
    standard_output::print(describe(all.loaded));
  std::vector<server_spec> specs;
  for (auto& spec : all.loaded.servers)
    if (spec.enabled)
      specs.push_back(spec);
  {
    examination checks{x, all};
    auto clean = checks.run(specs);
    if (auto number = checks.signal())
      return show(x, interrupted(number));
    all.left_nothing = clean;
  }
  return conclude(x, all);
}

} // namespace troupe::cli

#include "troupe/transports/guard/process_request.hpp"

#include "troupe/transports/io/os_error.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace troupe {

namespace fs = std::filesystem;
using variables = std::map<std::string, std::string>;
using strings = std::vector<std::string>;

/// PATH where neither the spec nor the host sets one.
static constexpr const char* usual_path = "/usr/local/bin:/usr/bin:/bin";

// -- the environment ---------------------------------------------------------

static bool is_passed_on(const server_spec& spec, const std::string& name) {
  static const char* const fixed[] = {"HOME", "LOGNAME", "PATH", "SHELL",
                                      "TERM", "USER",    "LANG", "TMPDIR"};
  auto& more = spec.env_inherit;
  return std::find(std::begin(fixed), std::end(fixed), name) != std::end(fixed)
         || name.starts_with("LC_")
         || std::find(more.begin(), more.end(), name) != more.end();
}

static variables environment_of(const server_spec& spec,
                                const std::vector<std::string>& host_env) {
  auto out = variables{};
  for (auto& x : host_env) {
    auto cut = x.find('=');
    if (cut == 0 || cut == x.npos)
      continue;
    auto name = x.substr(0, cut);
    auto value = x.substr(cut + 1);
    if (is_passed_on(spec, name) && !value.starts_with("()"))
      out.emplace(name, value);
  }
  for (auto& [name, value] : spec.env)
    out[name] = value.reveal();
  return out;
}

// -- what may not be in a request --------------------------------------------

static bool has_any(const std::string& text, std::string_view bad) {
  return text.find_first_of(bad) != text.npos;
}

static std::string find_flaw(const server_spec& spec) {
  constexpr auto breaks = std::string_view{"\0\n\r", 3};
  constexpr auto zero = std::string_view{"\0", 1};
  if (spec.command.empty())
    return "no command";
  if (has_any(spec.command, breaks))
    return "a zero byte or a newline in the command";
  for (size_t i = 0; i < spec.args.size(); ++i)
    if (has_any(spec.args[i], breaks))
      return "a zero byte or a newline in args[" + std::to_string(i) + "]";
  for (auto& [name, value] : spec.env) {
    if (name.empty() || has_any(name, std::string_view{"=\0\n", 3}))
      return "an invalid name in env";
    if (has_any(value.reveal(), zero))
      return "a zero byte in the value of " + name;
  }
  return has_any(spec.cwd, zero) ? "a zero byte in cwd" : "";
}

// -- the program -------------------------------------------------------------

/// 0, or the errno why it cannot be executed.
static int try_program(const std::string& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0)
    return errno;
  if (S_ISDIR(file.st_mode))
    return EISDIR;
  return faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

static void set_fault(stop_report& failed, int error, const std::string& what) {
  failed.why = errc::program_not_found;
  failed.start_errno = error;
  failed.text = what + ": " + errno_text(error);
}

/// Empty and relative entries mean the working folder, where any program may
/// lie.
static void warn_of_path(std::string_view path, bool may_show,
                         strings& warnings) {
  auto bad = std::string{};
  for (auto rest = std::string{path} + ':'; !rest.empty();) {
    auto folder = rest.substr(0, rest.find(':'));
    rest.erase(0, folder.size() + 1);
    if (!folder.starts_with('/'))
      bad += (bad.empty() ? "\"" : ", \"") + folder + '"';
  }
  auto shown = may_show ? " (" + bad + ")" : "";
  if (!bad.empty())
    warnings.push_back("PATH has entries that are not absolute" + shown
                       + ": they are not searched");
}

/// In a sticky folder, only its owner and root can replace a file.
static void warn_of_place(const std::string& program, const std::string& shown,
                          strings& warnings) {
  auto folder = program.substr(0, program.rfind('/') + 1);
  struct stat place {
  }, file{};
  if (stat(folder.c_str(), &place) != 0 || stat(program.c_str(), &file) != 0
      || (place.st_mode & S_IWOTH) == 0)
    return;
  auto trusted = file.st_uid == 0 || file.st_uid == geteuid();
  if ((place.st_mode & S_ISVTX) == 0 || !trusted)
    warnings.push_back("any user may replace " + shown
                       + ": its folder is writable for all");
}

// -- what is shown -----------------------------------------------------------

/// The program, as errors name it.
static std::string shown_program(const server_spec& spec,
                                 const server_spec& written,
                                 const std::string& path) {
  if (spec.command == written.command && spec.cwd == written.cwd)
    return path;
  if (spec.command.starts_with('/') || written.cwd.empty())
    return written.command;
  return written.cwd + "/" + written.command;
}

/// PATH, as errors name it. The host's is shown: the user must see it.
static std::string shown_search(const server_spec& spec,
                                const server_spec& written,
                                const std::string& path) {
  auto used = spec.env.find("PATH");
  auto as_written = written.env.find("PATH");
  return used == spec.env.end() || as_written == written.env.end()
           ? path
           : as_written->second.reveal();
}

// -- looking for it ----------------------------------------------------------

/// Searches as execvp does: a file that may not be executed is passed over, and
/// its errno kept in `worst` if no better one is found.
static std::string look_up(const std::string& name, std::string_view path,
                           int& worst) {
  worst = ENOENT;
  while (!path.empty()) {
    auto folder = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(folder.size() + 1, path.size()));
    if (!folder.starts_with('/'))
      continue;
    auto candidate = std::string{folder} + "/" + name;
    auto error = try_program(candidate);
    if (error == 0)
      return candidate;
    if (error != ENOENT && error != ENOTDIR)
      worst = error;
  }
  return {};
}

static std::string find_in_path(const server_spec& spec,
                                const server_spec& written,
                                const variables& env, strings& warnings,
                                stop_report& failed) {
  auto declared = env.find("PATH");
  auto path = declared == env.end() ? usual_path : declared->second;
  auto shown = shown_search(spec, written, path);
  warn_of_path(path, path == shown, warnings);
  auto worst = 0;
  auto found = look_up(spec.command, path, worst);
  if (found.empty())
    set_fault(failed, worst,
              "no program " + written.command + " in PATH (" + shown + ")");
  return found;
}

static std::string find_program(const server_spec& spec,
                                const server_spec& written,
                                const variables& env, const std::string& cwd,
                                strings& warnings, stop_report& failed) {
  if (spec.command.find('/') == std::string::npos)
    return find_in_path(spec, written, env, warnings, failed);
  auto path = (fs::path{cwd} / spec.command).lexically_normal().string();
  if (auto error = try_program(path); error != 0)
    set_fault(failed, error,
              "cannot execute " + shown_program(spec, written, path));
  return path;
}

// -- all of it ---------------------------------------------------------------

/// An absolute path: the warden's working folder is that of the host's start.
static std::string folder_of(const server_spec& spec) {
  auto ec = std::error_code{};
  auto here = fs::current_path(ec);
  return (here / spec.cwd).lexically_normal().string();
}

process_request prepare_process(const server_spec& spec,
                                const server_spec& written,
                                const std::vector<std::string>& host_env,
                                stop_report& failed) {
  auto out = process_request{};
  failed.text = find_flaw(spec);
  if (!failed.text.empty()) {
    failed.why = errc::invalid_spec;
    return out;
  }
  auto env = environment_of(spec, host_env);
  out.cwd = folder_of(spec);
  out.shown_cwd = spec.cwd == written.cwd ? out.cwd : written.cwd;
  out.path = find_program(spec, written, env, out.cwd, out.warnings, failed);
  out.shown_path = shown_program(spec, written, out.path);
  if (failed.why == errc::none)
    warn_of_place(out.path, out.shown_path, out.warnings);
  out.argv.push_back(spec.command);
  out.argv.insert(out.argv.end(), spec.args.begin(), spec.args.end());
  for (auto& [name, value] : env)
    out.env.push_back(name + "=" + value);
  out.allow_setuid = spec.allow_setuid;
  return out;
}

process_request prepare_process(const server_spec& spec,
                                const std::vector<std::string>& host_env,
                                stop_report& failed) {
  return prepare_process(spec, spec, host_env, failed);
}

process_request prepare_in_host(const server_spec& spec,
                                const server_spec& written,
                                stop_report& failed) {
  auto host_env = std::vector<std::string>{};
  for (auto at = environ; at != nullptr && *at != nullptr; ++at)
    host_env.emplace_back(*at);
  return prepare_process(spec, written, host_env, failed);
}

} // namespace troupe

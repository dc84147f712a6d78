#include "troupe/tools/troupe/config_file.hpp"

#include "troupe/tools/troupe/event_lines.hpp"
#include "troupe/transports/io/os_error.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe::cli {

namespace {

file_text failed(std::string why) {
  return {{}, std::move(why)};
}

/// Regular files only: a device or a pipe could block for ever.
file_text read_regular(int fd) {
  struct stat about {};
  if (::fstat(fd, &about) != 0)
    return failed("cannot be read: " + errno_text(errno));
  if (S_ISDIR(about.st_mode))
    return failed("is a directory; name the configuration file in it");
  if (!S_ISREG(about.st_mode))
    return failed("is not a regular file");
  return read_all(fd, defaults::config_bytes_max);
}

/// Replaces the entries of `into` that match by those of `fresh`.
template <class T, class Predicate>
void adopt_one(std::vector<T>& into, const std::vector<T>& fresh,
               Predicate is_it) {
  auto at = std::find_if(into.begin(), into.end(), is_it) - into.begin();
  std::erase_if(into, is_it);
  for (auto& x : fresh)
    if (is_it(x))
      into.insert(into.begin() + at++, x);
}

} // namespace

file_text read_all(int fd, size_t bytes_max) {
  file_text result;
  char bytes[16 * 1024];
  for (;;) {
    auto n = ::read(fd, bytes, sizeof(bytes));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return failed("cannot be read: " + errno_text(errno));
    if (n == 0)
      return result;
    result.text.append(bytes, static_cast<size_t>(n));
    if (result.text.size() > bytes_max)
      return failed("is larger than " + std::to_string(bytes_max) + " bytes");
  }
}

file_text read_config(const std::string& path) {
  auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT)
    return failed("does not exist");
  if (fd < 0)
    return failed("cannot be opened: " + errno_text(errno));
  auto result = read_regular(fd);
  ::close(fd);
  return result;
}

loaded_config load_config(const std::string& path) {
  auto file = read_config(path);
  if (file.error.empty())
    return parse_config(std::move(file.text), path);
  loaded_config result;
  result.errors.push_back({path, {}, {}, file.error, true});
  return result;
}

void adopt_server(loaded_config& into, const loaded_config& fresh,
                  const std::string& server) {
  adopt_one(into.servers, fresh.servers,
            [&](const server_spec& x) { return x.name == server; });
  auto is_about_it = [&](const config_problem& x) {
    return !x.whole_file && x.server == server;
  };
  adopt_one(into.errors, fresh.errors, is_about_it);
  adopt_one(into.warnings, fresh.warnings, is_about_it);
}

std::string real_path(const std::string& path) {
  char resolved[PATH_MAX];
  return ::realpath(path.c_str(), resolved) ? resolved : path;
}

std::string describe(const loaded_config& x) {
  std::string result;
  auto add = [&result](const char* what, const config_problem& problem) {
    result += what;
    result += shown_line(to_string(problem)) + '\n';
  };
  for (auto& problem : x.errors)
    add("error: ", problem);
  for (auto& problem : x.warnings)
    add("warning: ", problem);
  return result;
}

bool is_useless(const loaded_config& x) {
  return std::any_of(x.errors.begin(), x.errors.end(),
                     [](auto& problem) { return problem.whole_file; });
}

} // namespace troupe::cli

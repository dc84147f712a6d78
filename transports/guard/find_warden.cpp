#include "troupe/transports/guard/warden.hpp"

#include <climits>
#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

#ifndef TROUPE_LIBEXEC_DIR
#define TROUPE_LIBEXEC_DIR "/usr/local/libexec/troupe"
#endif

#ifndef TROUPE_LIBEXEC_FROM_BIN
#define TROUPE_LIBEXEC_FROM_BIN "../libexec/troupe"
#endif

namespace troupe {

/// The folder of the running program, with a slash; empty where unknown.
static std::string own_folder() {
  char path[PATH_MAX];
  auto n = readlink("/proc/self/exe", path, sizeof(path));
  if (n <= 0)
    return {};
  auto text = std::string{path, static_cast<size_t>(n)};
  return text.substr(0, text.rfind('/') + 1);
}

/// A folder may be "executed" as well.
static bool is_program(const std::string& path) {
  struct stat what;
  return stat(path.c_str(), &what) == 0 && S_ISREG(what.st_mode)
         && access(path.c_str(), X_OK) == 0;
}

static bool usable(const std::string& path, std::string& why) {
  if (is_program(path))
    return true;
  why += (why.empty() ? "no warden at " : ", nor at ") + path;
  return false;
}

std::string find_warden(const std::string& told, std::string& why) {
  why.clear();
  // A path that was named must be right: no other place is tried instead.
  if (!told.empty())
    return usable(told, why) ? told : std::string{};
  if (auto named = std::getenv("TROUPE_WARDEN"); named != nullptr && *named)
    return usable(named, why) ? named : std::string{};
  // As it was installed, also where all of it was moved. First: beside programs
  // in /usr/bin, another program may be called "warden".
  auto moved = own_folder() + TROUPE_LIBEXEC_FROM_BIN + "/warden";
  if (usable(moved, why))
    return moved;
  auto beside = own_folder() + "warden";
  if (usable(beside, why))
    return beside;
  auto installed = std::string{TROUPE_LIBEXEC_DIR "/warden"};
  return usable(installed, why) ? installed : std::string{};
}

} // namespace troupe

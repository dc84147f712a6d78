#include "troupe/tools/troupe/paths.hpp"

#include "troupe/tools/troupe/limits.hpp"
#include "troupe/transports/io/os_error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace fs = std::filesystem;

namespace troupe::cli {

namespace {

constexpr std::string_view suffix = ".sock";

checked_folder refused_folder(const std::string& path, const std::string& why) {
  return {{}, path + ": " + why + "; choose a socket with --socket"};
}

/// FNV-1a: stable between builds, and not used for secrets.
uint64_t hash(std::string_view text) {
  uint64_t result = 0xcbf29ce484222325;
  for (unsigned char c : text)
    result = (result ^ c) * 0x100000001b3;
  return result;
}

std::string hex(uint64_t x) {
  std::string result(16, '0');
  for (auto i = result.rbegin(); i != result.rend(); ++i, x >>= 4)
    *i = "0123456789abcdef"[x & 15];
  return result;
}

/// After `su`, the environment may still have the folder of the user before, or
/// one of a user that has never logged in.
bool is_own_folder(const char* path) {
  struct stat about {};
  return ::stat(path, &about) == 0 && S_ISDIR(about.st_mode)
         && about.st_uid == ::geteuid();
}

} // namespace

checked_folder runtime_folder() {
  auto base = std::getenv("XDG_RUNTIME_DIR");
  if (base != nullptr && *base == '/' && is_own_folder(base))
    return private_folder(std::string{base} + "/troupe");
  return private_folder("/tmp/troupe-" + std::to_string(::geteuid()));
}

// Another user may have made it first, to read along or to redirect us: check
// what is there, not what was asked for.
checked_folder private_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return refused_folder(path, "cannot be made: " + errno_text(errno));
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0)
    return refused_folder(path, "cannot be looked at: " + errno_text(errno));
  if (!S_ISDIR(about.st_mode))
    return refused_folder(path, "is not a folder");
  if (about.st_uid != ::geteuid())
    return refused_folder(path, "belongs to another user");
  if ((about.st_mode & 0077) != 0)
    return refused_folder(path, "is open to other users (chmod 700 it)");
  return {path, {}};
}

std::string socket_for(const std::string& folder,
                       const std::string& real_config) {
  return folder + '/' + hex(hash(real_config)) + std::string{suffix};
}

std::vector<std::string> sockets_in(const std::string& folder) {
  std::vector<std::string> result;
  std::error_code error;
  for (fs::directory_iterator i{folder, error}, end; !error && i != end;
       i.increment(error))
    if (i->path().extension() == suffix && result.size() < limits::sockets_max)
      result.push_back(i->path().string());
  std::sort(result.begin(), result.end());
  return result;
}

} // namespace troupe::cli

#include "troupe/tools/troupe/control_listener.hpp"

#include "troupe/tools/troupe/limits.hpp"
#include "troupe/transports/io/os_error.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace troupe::cli {

// -- addresses ----------------------------------------------------------------

namespace {

static_assert(sizeof(sockaddr_un::sun_path) == 108, "see path_too_long");

/// False: the path is too long for a socket.
bool to_address(const std::string& path, sockaddr_un& out) {
  out = {};
  out.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(out.sun_path))
    return false;
  std::memcpy(out.sun_path, path.data(), path.size());
  return true;
}

const sockaddr* generic(const sockaddr_un& x) {
  return reinterpret_cast<const sockaddr*>(&x);
}

bool is_same_file(int fd, const std::string& path) {
  struct stat open_one {};
  struct stat named {};
  return ::fstat(fd, &open_one) == 0 && ::lstat(path.c_str(), &named) == 0
         && open_one.st_ino == named.st_ino && open_one.st_dev == named.st_dev;
}

/// The lock, or none with errno. The lock file is removed by its holder: one
/// that was removed between our open and our lock does not count.
unique_fd take_lock(const std::string& path) {
  for (;;) {
    unique_fd fd{
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
      return {};
    if (is_same_file(fd.get(), path))
      return fd;
  }
}

control_listener::opened cannot_listen(std::string why) {
  control_listener::opened result;
  result.error = std::move(why);
  return result;
}

control_listener::opened runs_already(const std::string& path) {
  auto result = cannot_listen(path + ": runs already");
  result.is_running = true;
  result.running_pid = connect_to(path).pid;
  if (result.running_pid > 0)
    result.error += ", pid " + std::to_string(result.running_pid);
  return result;
}

/// Removes the socket of a dead program. Returns an error if it is another
/// file.
std::string clear_place(const std::string& path) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0)
    return errno == ENOENT ? "" : path + ": " + errno_text(errno);
  if (!S_ISSOCK(about.st_mode))
    return path + ": exists and is not a socket; it is not replaced";
  if (::unlink(path.c_str()) != 0)
    return path + ": cannot be replaced: " + errno_text(errno);
  return {};
}

unique_fd listen_at(const sockaddr_un& where) {
  unique_fd fd{
    ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  auto before = ::umask(0177); // else others could connect for a moment
  auto bound = fd && ::bind(fd.get(), generic(where), sizeof(where)) == 0;
  auto error = errno;
  ::umask(before);
  if (bound && ::listen(fd.get(), limits::backlog) == 0)
    return fd;
  errno = bound ? errno : error;
  return {};
}

} // namespace

// -- listening ----------------------------------------------------------------

control_listener::opened control_listener::open(const std::string& path) {
  sockaddr_un where;
  if (!to_address(path, where))
    return cannot_listen(path + ": " + std::string{path_too_long});
  opened result;
  result.value.lock_ = take_lock(path + ".lock");
  if (!result.value.lock_)
    return errno == EWOULDBLOCK ? runs_already(path)
                                : cannot_listen(path + ".lock: cannot be made: "
                                                + errno_text(errno));
  result.value.path_ = path;
  if (connect_to(path).fd) // its lock was removed by hand
    return runs_already(path);
  if (auto why = clear_place(path); !why.empty())
    return cannot_listen(why);
  result.value.socket_ = listen_at(where);
  if (!result.value.socket_)
    return cannot_listen(path + ": cannot listen: " + errno_text(errno));
  return result;
}

control_listener::~control_listener() {
  if (!lock_ || path_.empty())
    return;
  if (socket_)
    ::unlink(path_.c_str());
  ::unlink((path_ + ".lock").c_str());
}

// -- connecting ---------------------------------------------------------------

connected connect_to(const std::string& path) {
  connected result;
  sockaddr_un where;
  if (!to_address(path, where)) {
    result.error = ENAMETOOLONG;
    return result;
  }
  unique_fd fd{
    ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!fd || ::connect(fd.get(), generic(where), sizeof(where)) != 0) {
    result.error = errno;
    return result;
  }
  result.trusted = is_trusted_peer(fd.get(), result.pid);
  result.fd = std::move(fd);
  return result;
}

bool is_trusted_peer(int fd, pid_t& pid) {
  ucred who{};
  socklen_t size = sizeof(who);
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
    return false;
  pid = who.pid;
  return who.uid == ::geteuid() || who.uid == 0;
}

} // namespace troupe::cli

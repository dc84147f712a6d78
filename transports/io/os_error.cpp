#include "troupe/transports/io/os_error.hpp"

#include <cerrno>
#include <system_error>

namespace troupe {

static const char* remedy(int error) {
  switch (error) {
    case EMFILE:
    case ETOOMANYREFS:
      return "this process may open no more files; raise its limit (ulimit -n)";
    case ENFILE:
      return "the whole system may open no more files; raise its limit "
             "(sysctl fs.file-max)";
    case EAGAIN:
      return "no more processes are allowed; raise the limit of this user "
             "(ulimit -u), or that of the container";
    case ENOMEM:
    case ENOSPC:
      return "there is no memory left for it, here or in this container";
    case ENOSYS: return "Linux 5.3 or later is needed";
    default: return nullptr;
  }
}

std::string errno_text(int error) {
  return std::generic_category().message(error);
}

std::string os_error_text(int error) {
  auto text = errno_text(error);
  if (auto more = remedy(error))
    text += std::string{" ("} + more + ")";
  return text;
}

bool is_scarcity(int error) {
  return remedy(error) != nullptr && error != ENOSYS;
}

} // namespace troupe

#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

/// What the kernel says about processes, never our own books. Reads /proc.
namespace troupe::leaks {

/// The state letter of a process ('Z': zombie), 0 where it does not exist.
char state_of(pid_t pid);
/// The parent of a process, 0 where it does not exist.
pid_t parent_of(pid_t pid);
/// Whether it is gone, or only waits to be reaped by process 1, as every
/// orphan's end.
bool is_gone(pid_t pid);
/// The command name (/proc/PID/comm).
std::string name_of(pid_t pid);

/// Living processes whose environment has this entry, NAME=value. As an
/// ordinary user one sees one's own only.
std::vector<pid_t> carrying(const std::string& entry);
/// Living processes whose environment has an entry that starts so.
std::vector<pid_t> carrying_start(const std::string& start);

/// Processes of ours by name (troupe-warden, mcp-...) that watch this one, or
/// say that it is their host.
std::vector<pid_t> guards_of(pid_t pid);

/// The children of all threads of a process, zombies included.
std::vector<pid_t> children_of(pid_t pid);
/// Children, grandchildren and so on.
std::vector<pid_t> descendants_of(pid_t pid);
size_t zombies_of(pid_t pid);
size_t fds_of(pid_t pid);
size_t threads_of(pid_t pid);
/// What its descriptors are: "pipe:[123]", "/dev/null", ...
std::vector<std::string> open_files_of(pid_t pid);

/// A field of /proc/PID/status, without blanks around it.
std::string status_field(pid_t pid, const std::string& name);

/// Waits until `done`, looking again and again; false after 20 s, which is far
/// beyond all graces in use here.
bool eventually(const std::function<bool()>& done);

} // namespace troupe::leaks

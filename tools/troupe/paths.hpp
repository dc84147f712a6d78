#pragma once

#include <string>
#include <vector>

/// Where the sockets of running programs are.
namespace troupe::cli {

struct checked_folder {
  std::string path;
  std::string error; ///< a sentence with what to do; empty: none
};

/// The user's own folder for sockets: `troupe` in $XDG_RUNTIME_DIR, else
/// /tmp/troupe-UID. Made with mode 0700 where it does not exist; refused where
/// it is a link, another's, or open to others.
checked_folder runtime_folder();

/// The user's own folder at `path`. Its last part is made with mode 0700 where
/// it does not exist; refused where it is a link, another's, or open to others.
checked_folder private_folder(const std::string& path);

/// The socket in `folder` for a configuration, by its real path: another name
/// for the same file gives the same socket.
std::string socket_for(const std::string& folder,
                       const std::string& real_config);

/// All sockets in `folder`, sorted, at most `limits::sockets_max`.
std::vector<std::string> sockets_in(const std::string& folder);

} // namespace troupe::cli

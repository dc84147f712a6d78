#pragma once

#include "troupe/messages/config/config.hpp"

#include <string>

namespace troupe::cli {

/// A text, or a sentence about why there is none.
struct file_text {
  std::string text;
  std::string error;
};

/// All of an open file, at most `bytes_max`.
file_text read_all(int fd, size_t bytes_max);

/// A configuration file: regular, readable, not too large. The error says what
/// to do, and does not name the file.
file_text read_config(const std::string& path);

/// The configuration in that file. A file that cannot be read is an error of
/// the whole file.
loaded_config load_config(const std::string& path);

/// Replaces in `into` all that concerns that server by what `fresh` says of it
/// (which may be nothing), and keeps the other servers.
void adopt_server(loaded_config& into, const loaded_config& fresh,
                  const std::string& server);

/// The file's path with links resolved; as it was given where that fails.
std::string real_path(const std::string& path);

/// One line for each problem, safe for a terminal.
std::string describe(const loaded_config& x);

/// Whether no part of the file can be used.
bool is_useless(const loaded_config& x);

} // namespace troupe::cli

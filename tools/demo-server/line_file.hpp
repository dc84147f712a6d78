#pragma once

#include <string>

namespace troupe::demo {

/// A file that grows by lines. Each is one write, so that servers which share
/// the file never mix theirs.
class line_file {
public:
  /// Empty: no file. One that cannot be opened is named on stderr.
  explicit line_file(const std::string& name);
  ~line_file();
  line_file(const line_file&) = delete;
  line_file& operator=(const line_file&) = delete;

  bool is_open() const {
    return fd_ >= 0;
  }

  /// REQUIRES: it is open.
  void append(std::string line);

private:
  int fd_ = -1;
};

} // namespace troupe::demo

#pragma once

#include <cstdio>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace troupe::test {

/// What is written to descriptor 1, by whatever way, while this lives.
class captured_stdout {
public:
  captured_stdout() : file_(std::tmpfile()) {
    flush_all();
    before_ = fcntl(1, F_DUPFD_CLOEXEC, 3);
    if (file_ == nullptr || before_ < 0 || dup2(fileno(file_), 1) < 0)
      throw std::runtime_error("stdout cannot be captured");
  }

  ~captured_stdout() {
    end();
    std::fclose(file_);
  }

  captured_stdout(const captured_stdout&) = delete;
  captured_stdout& operator=(const captured_stdout&) = delete;

  /// Gives stdout back, and returns its first page. Checks come after it: their
  /// complaints go to stdout, too.
  std::string end() {
    flush_all();
    if (before_ >= 0) {
      dup2(before_, 1);
      close(before_);
      before_ = -1;
    }
    std::string result(4096, '\0');
    auto n = pread(fileno(file_), result.data(), result.size(), 0);
    result.resize(n > 0 ? static_cast<size_t>(n) : 0);
    return result;
  }

private:
  static void flush_all() {
    std::fflush(nullptr); // std::cout writes through stdio
  }

  FILE* file_;
  int before_ = -1;
};

} // namespace troupe::test

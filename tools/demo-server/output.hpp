#pragma once

#include "troupe/tools/demo-server/outlet.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::demo {

/// Our stdout: collects lines and writes as much as it takes without blocking.
class output : public outlet {
public:
  /// `fd` is not owned. A pipe or socket is made non-blocking; a file or a
  /// terminal, which may be shared with others, is left as it is.
  explicit output(int fd);

  /// Adds a line; nothing is written before `flush`.
  void line(std::string_view text);

  /// Like `line`, without the line's end.
  void raw(std::string_view bytes);

  // -- all messages are lines

  void answer(const json_rpc::id& to, int64_t code,
              std::string_view text) override;
  void about(const json_rpc::id& to, std::string_view text) override;
  void say(std::string_view text) override;
  void flush() override;
  size_t pending() const override;

  /// Closes the descriptor after a last `flush`; later lines are dropped.
  void close() override;

  int fd() const;

  /// Whether the reader has gone.
  bool broken() const;

private:
  void forget_written();

  std::string buffer_;
  size_t written_ = 0; // of buffer_
  int fd_;
  bool broken_ = false;
};

} // namespace troupe::demo

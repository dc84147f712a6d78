#pragma once

#include "troupe/messages/json/rpc.hpp"

#include <cstdint>
#include <string_view>

namespace troupe::demo {

/// Where the messages of one conversation go. On stdio they are lines of one
/// stream; over HTTP each must find the response that it belongs to.
class outlet {
public:
  virtual ~outlet() = default;

  /// The answer to a request; `code` is that of the error, 0 for a result.
  virtual void answer(const json_rpc::id& to, int64_t code,
                      std::string_view text) = 0;

  /// Sends a message about a request that has not been answered.
  virtual void about(const json_rpc::id& to, std::string_view text) = 0;

  /// Sends a message that belongs to no request.
  virtual void say(std::string_view text) = 0;

  /// Writes what the reader takes now.
  virtual void flush() = 0;

  /// Bytes that wait for the reader.
  virtual size_t pending() const = 0;

  /// Nothing is sent any more.
  virtual void close() = 0;
};

} // namespace troupe::demo

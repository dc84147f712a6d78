#pragma once

#include "troupe/messages/json/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Writes what a session sends: one growing string per frame. What is JSON
/// already is spliced in as text; nothing is parsed or built as a tree.
namespace troupe::frame_text {

/// What stands in a request's `_meta`, in this order.
struct meta {
  /// Members that the dialect demands, as text without braces; may be empty.
  std::string_view dialect;
  /// The progress token; 0: none.
  uint64_t token = 0;
  /// The caller's members; null or an object. Its reserved keys are left out:
  /// `progressToken` and what begins with `io.modelcontextprotocol/`.
  const json* caller = nullptr;
};

/// A request's frame, from `{"jsonrpc":` to its last brace. Its `params` begin
/// with `_meta`; members may follow.
class request {
public:
  /// `room`: about how many bytes will be added.
  request(uint64_t id, std::string_view method, const meta& m, size_t room = 0);

  /// Appends a key that needs no escapes. Its value must be appended to what
  /// comes back.
  std::string& member(std::string_view plain_key);

  /// Appends the members of an object, but for `_meta`. Null: none.
  void splice(const json& params);

  std::string take();

private:
  void append_inner(const json& object);
  void append_meta(const meta& m);
  void append_caller(const json& x, bool first);
  void separate();

  std::string text_;
  bool first_ = true;
};

} // namespace troupe::frame_text

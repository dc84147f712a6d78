#pragma once

#include "troupe/actors/caf.hpp"
#include "troupe/messages/requests.hpp"

#include <variant>

namespace troupe {

/// What an agent asks of a server, as a client queues it: a call of a tool, or
/// another request, whose params then stand in `arguments`.
struct asked_call : call_tool {
  std::string_view method = method_of<call_tool>;
  /// Why it cannot be sent; empty: it can.
  std::string fault;
  /// The number of the server (`catalog::server`) in whose list the caller's
  /// name stood for another, the real one. 0: the name is the caller's own.
  uint64_t named_by = 0;
};

/// Defined for the requests of the table.
template <class Request>
asked_call to_asked(const Request& x);

/// The duty to answer it, with a result of its own kind. Empty: there is none,
/// or it was answered.
class call_reply {
public:
  call_reply();
  call_reply(call_reply&&) noexcept;
  call_reply& operator=(call_reply&&) noexcept;
  ~call_reply();

  template <class Result>
  explicit call_reply(reply<Result> to) : to_(std::move(to)) {
    // nop
  }

  void deliver(answer<json> x);

private:
#define TROUPE_ROW(message, ...) , reply<result_of<message>>
  std::variant<std::monostate TROUPE_REQUESTS(TROUPE_ROW)> to_;
#undef TROUPE_ROW
};

} // namespace troupe

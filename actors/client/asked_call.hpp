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

asked_call to_asked(const call_tool& x);
asked_call to_asked(const read_resource& x);
asked_call to_asked(const get_prompt& x);
asked_call to_asked(const complete_argument& x);

/// The duty to answer it, with a result of its own kind.
class call_reply {
public:
  call_reply();
  call_reply(call_reply&&) noexcept;
  call_reply& operator=(call_reply&&) noexcept;
  ~call_reply();

  explicit call_reply(reply<call_tool_result> to);
  explicit call_reply(reply<read_resource_result> to);
  explicit call_reply(reply<get_prompt_result> to);
  explicit call_reply(reply<complete_result> to);

  void deliver(answer<json> x);

private:
  std::variant<reply<call_tool_result>, reply<read_resource_result>,
               reply<get_prompt_result>, reply<complete_result>>
    to_;
};

} // namespace troupe

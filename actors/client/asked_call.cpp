#include "troupe/actors/client/asked_call.hpp"

#include "troupe/actors/type_ids.hpp"

#include "troupe/messages/json/members.hpp"

namespace troupe {

namespace {

/// Why a request cannot be sent, by the members that all of them have.
template <class Request>
std::string common_fault(const Request& x) {
  if (x.idle_timeout.count() < 0 || x.total_timeout.count() < 0)
    return "a timeout is below zero";
  if (!members::is_optional_object(x.meta))
    return "meta must be an object";
  return {};
}

template <class Request>
std::string any_fault(const Request& x) {
  auto result = fault_of(x);
  return result.empty() ? common_fault(x) : result;
}

/// A request that cannot be sent is not made either: its texts may not be
/// UTF-8.
asked_call refused(uint64_t tag, std::string fault) {
  asked_call result;
  result.tag = tag;
  result.fault = std::move(fault);
  return result;
}

asked_call queued(const call_tool& x) {
  return {x, method_of<call_tool>, {}};
}

template <class Request>
asked_call queued(const Request& x) {
  asked_call result;
  result.tag = x.tag;
  result.idle_timeout = x.idle_timeout;
  result.total_timeout = x.total_timeout;
  result.meta = x.meta;
  result.method = method_of<Request>;
  result.arguments = params_of(x);
  return result;
}

} // namespace

template <class Request>
asked_call to_asked(const Request& x) {
  if (auto fault = any_fault(x); !fault.empty())
    return refused(x.tag, std::move(fault));
  return queued(x);
}

#define TROUPE_ROW(message, ...) template asked_call to_asked(const message&);
TROUPE_REQUESTS(TROUPE_ROW)
#undef TROUPE_ROW

call_reply::call_reply() = default;
call_reply::call_reply(call_reply&&) noexcept = default;
call_reply& call_reply::operator=(call_reply&&) noexcept = default;
call_reply::~call_reply() = default;

void call_reply::deliver(answer<json> x) {
  auto pass_on = [&]<class To>(To& to) {
    if constexpr (std::is_same_v<To, std::monostate>)
      return;
    else if (!x.ok())
      to.deliver(std::move(x.error));
    else
      to.deliver(typename To::result{std::move(x.value)});
  };
  std::visit(pass_on, to_);
}

} // namespace troupe

#include "troupe/actors/answers.hpp"

#include "troupe/actors/internal_messages.hpp"
#include "troupe/actors/type_ids.hpp"

#include <optional>

namespace troupe {

namespace {

template <class... Requests>
struct requests {};

/// All messages that are answered with an `answer<T>`, but for `get_status`,
/// which `actor_base::refused_status` refuses.
using all_requests = requests<
#define TROUPE_ROW(message, ...) message, by_name<message>,
  TROUPE_REQUESTS(TROUPE_ROW) TROUPE_LISTS(TROUPE_ROW)
    TROUPE_COMMANDS(TROUPE_ROW)
#undef TROUPE_ROW
      by_name<get_status>,
  find_client, open_client, apply_servers, stop_all, get_tree, add_child,
  server_request>;

using found = std::optional<caf::message>;

template <class Request, class Content>
bool find_one(const Content& x, const failure& why, found& result) {
  if (!x.template match_elements<Request>())
    return false;
  result = caf::make_message(answer<result_of<Request>>{why});
  return true;
}

template <class Content, class... Requests>
found find(const Content& x, requests<Requests...>, const failure& why) {
  found result;
  static_cast<void>((find_one<Requests>(x, why, result) || ...));
  return result;
}

template <class... Messages>
bool is_one_of(const caf::message& x, requests<Messages...>) {
  return (x.match_elements<Messages>() || ...);
}

} // namespace

caf::message refusal_of(const caf::message& request, failure why) {
  if (request.match_elements<get_status>())
    return caf::make_message(answer<client_status>{std::move(why)});
  if (auto result = find(request, all_requests{}, why))
    return *result;
  return caf::make_message(
    caf::make_error(caf::sec::unexpected_message, std::move(why)));
}

bool may_go_to_successor(const caf::message& x) {
#define TROUPE_ROW(message, ...) message,
  return is_one_of(
    x,
    requests<TROUPE_REQUESTS(TROUPE_ROW) TROUPE_LISTS(TROUPE_ROW) ensure_ready,
             reload, get_status, cancel_call>{});
#undef TROUPE_ROW
}

caf::message refusal_of(const caf::mailbox_element& request, caf::sec code,
                        failure why) {
  if (request.content().match_elements<redirected>())
    return refusal_of(request.content().get_as<redirected>(0).what,
                      std::move(why));
  if (auto result = find(request.content(), all_requests{}, why))
    return *result;
  return caf::make_message(caf::make_error(code, std::move(why)));
}

} // namespace troupe

#pragma once

#include "troupe/messages/commands.hpp"
#include "troupe/messages/input_result.hpp"

#include <string_view>

/// One row for each request, from which follow its answer, its form by name,
/// its type ids, its place in the tables of handlers, and how the protocol
/// treats it. A new kind of request is its message and a row here.

/// Requests of MCP that agents make. By column: the message, its result, the
/// method, what the server must declare, the member of the params that the
/// header `Mcp-Name` repeats (MCP 2026-07-28, "Standard Request Headers";
/// empty: none), whether the server may ask back before it answers
/// ("Multi Round-Trip Requests"), and whether it only reads, so that it may be
/// sent twice.
#define TROUPE_REQUESTS(ROW)                                                   \
  ROW(call_tool, call_tool_result, "tools/call", nothing, "name", true, false) \
  ROW(read_resource, read_resource_result, "resources/read", resources, "uri", \
      true, true)                                                              \
  ROW(get_prompt, get_prompt_result, "prompts/get", prompts, "name", true,     \
      true)                                                                    \
  ROW(complete_argument, complete_result, "completion/complete", completions,  \
      "", false, true)

/// Requests to a client's catalog, and the list that answers each.
#define TROUPE_LISTS(ROW)                                                      \
  ROW(list_tools, tool_list)                                                   \
  ROW(list_resources, resource_list)                                           \
  ROW(list_resource_templates, resource_template_list)                         \
  ROW(list_prompts, prompt_list)

/// Other requests to a client, and their answers.
#define TROUPE_COMMANDS(ROW)                                                   \
  ROW(ensure_ready, client_status)                                             \
  ROW(reload, client_status)                                                   \
  ROW(close_client, stop_report)

namespace troupe {

/// One of the messages above, for the client of that name: the registry
/// delegates, and the answer comes straight from the client. `reload` by name
/// with a specification also opens a server that was closed; `close_client` by
/// name also takes the server out of the desired set.
/// `cancel_call` by name cancels what its sender has called by name.
template <class What>
struct by_name {
  std::string server;
  What what;
};

template <class What>
by_name(std::string, What) -> by_name<What>;

template <class Inspector, class What>
auto inspect(Inspector& f, by_name<What>& x) {
#if TROUPE_CAF_0_17
  return f(caf::meta::type_name("by_name"), x.server, x.what);
#else
  return f.object(x).fields(f.field("server", x.server),
                            f.field("what", x.what));
#endif
}

// -- answers ------------------------------------------------------------------

/// What a request is answered with: `answer<result_of<Request>>`.
template <class Request>
struct result_of_request {};

template <class Request>
using result_of = typename result_of_request<Request>::type;

#define TROUPE_ROW(message, result, ...)                                       \
  template <>                                                                  \
  struct result_of_request<message> {                                          \
    using type = result;                                                       \
  };
TROUPE_REQUESTS(TROUPE_ROW)
TROUPE_LISTS(TROUPE_ROW)
TROUPE_COMMANDS(TROUPE_ROW)
#undef TROUPE_ROW

template <class What>
struct result_of_request<by_name<What>> : result_of_request<What> {};

template <>
struct result_of_request<by_name<get_status>> {
  using type = client_status;
};

template <>
struct result_of_request<apply_servers> {
  using type = apply_result;
};

template <>
struct result_of_request<stop_all> {
  using type = stop_all_report;
};

template <>
struct result_of_request<get_tree> {
  using type = tree_status;
};

template <>
struct result_of_request<server_request> {
  using type = input_result;
};

// -- the protocol -------------------------------------------------------------

/// What a server must declare before it is asked (MCP: "only capabilities that
/// were successfully negotiated"). Tools are tried in any case: the server's
/// answer says more.
enum class server_feature : uint8_t {
  nothing,
  resources,
  prompts,
  completions
};

/// How the protocol treats a request; see `TROUPE_REQUESTS`.
struct request_row {
  std::string_view method;
  server_feature needs = server_feature::nothing;
  std::string_view name_member;
  bool may_ask_back = false;
  bool only_reads = false;
};

#define TROUPE_ROW(message, result, method, needs, name, asks, reads)          \
  request_row{method, server_feature::needs, name, asks, reads},
inline constexpr request_row request_rows[] = {TROUPE_REQUESTS(TROUPE_ROW)};
#undef TROUPE_ROW

inline constexpr request_row no_request{};

/// The row of a method; `no_request` where there is none, such as a list's.
constexpr const request_row& row_of(std::string_view method) {
  for (auto& x : request_rows)
    if (x.method == method)
      return x;
  return no_request;
}

/// The method that a message becomes.
template <class Request>
inline constexpr std::string_view method_of{};

#define TROUPE_ROW(message, result, method, ...)                               \
  template <>                                                                  \
  inline constexpr std::string_view method_of<message> = method;
TROUPE_REQUESTS(TROUPE_ROW)
#undef TROUPE_ROW

} // namespace troupe

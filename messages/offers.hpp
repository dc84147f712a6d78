#pragma once

#include "troupe/messages/arguments.hpp"
#include "troupe/messages/prompts.hpp"
#include "troupe/messages/resources.hpp"
#include "troupe/messages/server_spec.hpp"

/// Requests to a client about resources and prompts. What `call_tool` says
/// about `tag`, times and `meta` holds for all of them; `cancel_call` and
/// `call_progress` serve them as well. A request whose capability the server
/// does not declare is not sent: the answer is `not_supported`.
namespace troupe {

/// The kinds of lists that a server may have.
enum class offer_kind : uint8_t {
  tools = 0,
  resources,
  resource_templates,
  prompts,
};

// -- lists: as `list_tools` ---------------------------------------------------

/// Answered with `answer<resource_list>`.
struct list_resources {
  /// Ask the server even if the catalog is known.
  bool refresh = false;
};

TROUPE_INSPECT(list_resources, refresh)

/// Answered with `answer<resource_template_list>`.
struct list_resource_templates {
  bool refresh = false;
};

TROUPE_INSPECT(list_resource_templates, refresh)

/// Answered with `answer<prompt_list>`.
struct list_prompts {
  bool refresh = false;
};

TROUPE_INSPECT(list_prompts, refresh)

// -- requests -----------------------------------------------------------------

// Beside each of them, what a client needs to know of it: `fault_of` says why
// it cannot be sent (empty: it can), `params_of` makes the params of one that
// has no fault, and `for_each_name` shows `f(offer_kind, std::string&)` each
// name in it, with the list that the name is from.

/// Answered with `answer<read_resource_result>`.
struct read_resource {
  std::string uri;
  uint64_t tag = 0;
  milliseconds idle_timeout{0};
  milliseconds total_timeout{0};
  json meta;
};

TROUPE_INSPECT(read_resource, uri, tag, idle_timeout, total_timeout, meta)

std::string fault_of(const read_resource& x);
json params_of(const read_resource& x);

template <class F>
void for_each_name(read_resource& x, F f) {
  f(offer_kind::resources, x.uri);
}

/// Answered with `answer<get_prompt_result>`.
struct get_prompt {
  std::string name;
  /// Of strings.
  troupe::arguments arguments;
  uint64_t tag = 0;
  milliseconds idle_timeout{0};
  milliseconds total_timeout{0};
  json meta;
};

TROUPE_INSPECT(get_prompt, name, arguments, tag, idle_timeout, total_timeout,
               meta)

std::string fault_of(const get_prompt& x);
json params_of(const get_prompt& x);

template <class F>
void for_each_name(get_prompt& x, F f) {
  f(offer_kind::prompts, x.name);
}

/// Completes an argument of a prompt or a variable of a template. Answered with
/// `answer<complete_result>`.
struct complete_argument {
  /// One of both; the other is empty.
  std::string prompt;
  std::string uri_template;
  std::string argument;
  std::string value; ///< the value so far
  /// The other arguments, of strings.
  arguments others;
  uint64_t tag = 0;
  milliseconds idle_timeout{0};
  milliseconds total_timeout{0};
  json meta;
};

TROUPE_INSPECT(complete_argument, prompt, uri_template, argument, value, others,
               tag, idle_timeout, total_timeout, meta)

std::string fault_of(const complete_argument& x);
json params_of(const complete_argument& x);

template <class F>
void for_each_name(complete_argument& x, F f) {
  f(offer_kind::prompts, x.prompt);
  f(offer_kind::resource_templates, x.uri_template);
}

} // namespace troupe

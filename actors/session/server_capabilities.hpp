#pragma once

#include "troupe/messages/mcp.hpp"
#include "troupe/messages/offers.hpp"

#include <string_view>
#include <type_traits>
#include <variant>

namespace troupe {

inline constexpr size_t offer_kinds = 4;

/// A whole list; the index is the kind's value.
using offer_list =
  std::variant<tool_list, resource_list, resource_template_list, prompt_list>;

/// The kind whose list is a `List`.
template <class List>
inline constexpr offer_kind kind_of =
  []<class... Ts>(const std::variant<Ts...>*) {
    size_t index = 0;
    (... || (std::is_same_v<List, Ts> || (++index, false)));
    return static_cast<offer_kind>(index);
  }(static_cast<const offer_list*>(nullptr));

/// An empty list of that kind.
offer_list empty_list(offer_kind x);

/// The name of a list in the protocol, and in our sentences.
struct offer_words {
  std::string_view method;
  std::string_view member;
  std::string_view noun;
};

const offer_words& words_of(offer_kind x);

/// Which of these a server declares (schema: ServerCapabilities).
struct server_capabilities {
  bool tools = false;
  bool resources = false;
  bool prompts = false;
  bool completions = false;
  /// Whether the server announces changes of the list.
  bool tools_change = false;
  bool resources_change = false;
  bool prompts_change = false;

  bool has(offer_kind x) const;
  bool announces_any() const {
    return tools_change || resources_change || prompts_change;
  }
};

server_capabilities read_offers(const json& capabilities);

} // namespace troupe

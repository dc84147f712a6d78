#pragma once

#include "troupe/actors/caf.hpp"
#include "troupe/actors/session/server_capabilities.hpp"

namespace troupe {

/// The duty to answer a request for a list, with a list of its own kind.
class list_reply {
public:
  list_reply();
  list_reply(list_reply&&) noexcept;
  list_reply& operator=(list_reply&&) noexcept;
  ~list_reply();

  explicit list_reply(reply<tool_list> to);
  explicit list_reply(reply<resource_list> to);
  explicit list_reply(reply<resource_template_list> to);
  explicit list_reply(reply<prompt_list> to);

  offer_kind kind() const {
    return static_cast<offer_kind>(to_.index());
  }

  /// `x` holds a list of that kind, or a failure.
  void deliver(answer<offer_list> x);

private:
  template <class List>
  static void deliver_to(reply<List>& to, answer<offer_list> x);

  std::variant<reply<tool_list>, reply<resource_list>,
               reply<resource_template_list>, reply<prompt_list>>
    to_;
};

} // namespace troupe

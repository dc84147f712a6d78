#include "troupe/actors/client/list_reply.hpp"

#include "troupe/actors/type_ids.hpp"

namespace troupe {

list_reply::list_reply() = default;
list_reply::list_reply(list_reply&&) noexcept = default;
list_reply& list_reply::operator=(list_reply&&) noexcept = default;
list_reply::~list_reply() = default;

list_reply::list_reply(reply<tool_list> to) : to_(std::move(to)) {
  // nop
}

list_reply::list_reply(reply<resource_list> to) : to_(std::move(to)) {
  // nop
}

list_reply::list_reply(reply<resource_template_list> to) : to_(std::move(to)) {
  // nop
}

list_reply::list_reply(reply<prompt_list> to) : to_(std::move(to)) {
  // nop
}

template <class List>
void list_reply::deliver_to(reply<List>& to, answer<offer_list> x) {
  if (x.ok())
    to.deliver(std::get<List>(std::move(x.value)));
  else
    to.deliver(std::move(x.error));
}

void list_reply::deliver(answer<offer_list> x) {
  std::visit([&](auto& to) { deliver_to(to, std::move(x)); }, to_);
}

} // namespace troupe

#include "troupe/actors/client/handler_choice.hpp"

namespace troupe {

handler_choice::handler_choice(input_handler first) : next_(std::move(first)) {
  // nop
}

bool handler_choice::replace(input_handler x) {
  auto vacant = !current_.who || ended_;
  if (!vacant || !x.who || x.can != declared_) {
    next_ = std::move(x);
    return false;
  }
  current_ = std::move(x);
  ended_ = false;
  next_.reset();
  return true;
}

bool handler_choice::on_down(const caf::actor_addr& who) {
  watched_.erase(who);
  if (next_ && next_->who && next_->who->address() == who)
    next_ = input_handler{};
  if (!current_.who || current_.who->address() != who)
    return false;
  ended_ = true;
  return true;
}

client_capabilities handler_choice::declare() {
  if (next_)
    current_ = *std::exchange(next_, std::nullopt);
  else if (ended_)
    current_ = {};
  ended_ = false;
  declared_ = current_.who ? current_.can : client_capabilities{};
  return declared_;
}

void handler_choice::clear() {
  current_ = {};
  next_.reset();
  watched_.clear();
  open_.clear();
}

} // namespace troupe

#include "troupe/actors/client/client.hpp"

#include "troupe/actors/type_ids.hpp"
#include "troupe/messages/config/config.hpp"

/// How a client keeps hidden values out of what it passes on of its server's
/// words (see server_words.hpp).
namespace troupe {

/// Frames may come before the word that the transport is up, which brings what
/// the transport itself hides.
void client::begin_words() {
  hidden_values values;
  resolve(spec_, variable_of_host, values);
  words_.begin(std::make_shared<const redactor>(values));
}

void client::on_event(list_ended& x) {
  if (!x.list.ok())
    return on_listed(x);
  searches_.emplace_back(std::move(x), words_.hidden(), incarnation_);
  search_lists();
}

/// One after another. Others have their turn before a long one goes on.
void client::search_lists() {
  while (!searches_.empty()) {
    auto& x = searches_.front();
    auto current = x.incarnation() == incarnation_ && session_;
    if (current && !x.go_on(words_.left())) {
      if (!std::exchange(search_continues_, true))
        tell(this, me(), words_due{});
      return;
    }
    auto done = std::move(x);
    searches_.pop_front();
    if (!current)
      continue;
    if (!other_server_) // its names are gone, and must not come back
      names_.learn(done.list().what, std::move(done.names()));
    on_listed(done.list());
  }
}

void client::on_words_due() {
  search_continues_ = false;
  words_.begin_turn();
  search_lists();
  settle();
}

} // namespace troupe

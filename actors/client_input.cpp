#include "actors/client.hpp"

#include "actors/type_ids.hpp"

/// How a client passes on what its server wants to know.
namespace troupe {

void client::on_event(input_wanted& x) {
  auto ask_back = incarnation_;
  wanted_.insert(x.key);
  auto given = [this, ask_back, key = x.key](answer<json> with) {
    on_input(ask_back, key, std::move(with));
  };
  ask(this, handler_.who, x.timeout,
      server_request{spec_.name, incarnation_, x.key, x.what,
                     std::move(x.params), x.timeout})
    .then([given](const answer<json>& with) { given(with); },
          [given](caf::error& why) { given(failure_of(why)); });
}

void client::on_input(uint64_t incarnation, uint64_t key, answer<json> x) {
  if (incarnation != incarnation_ || !session_ || wanted_.erase(key) == 0)
    return;
  session_->give_input(key, std::move(x), time_now(), events_);
  settle();
}

void client::on_event(input_unwanted& x) {
  if (wanted_.erase(x.key) > 0)
    tell(this, handler_.who,
         server_request_cancelled{spec_.name, incarnation_, x.key});
}

/// The server will not hear an answer any more.
void client::unwant_all() {
  for (auto key : std::exchange(wanted_, {}))
    tell(this, handler_.who,
         server_request_cancelled{spec_.name, incarnation_, key});
}

} // namespace troupe

#include "troupe/actors/client/client.hpp"

#include "troupe/actors/type_ids.hpp"

/// How a client passes on what its server wants to know.
namespace troupe {

// -- who answers --------------------------------------------------------------

void client::set_handler(input_handler x) {
  watch_handler(x.who);
  handler_.replace(std::move(x));
}

void client::watch_handler(const caf::actor& who) {
  if (!who || !watched_handlers_.insert(who->address()).second)
    return;
  watch(who, [this, where = who->address()](const caf::error& why) {
    on_handler_down(where, why);
  });
}

/// The server is not started again for that: what it was told at its start is
/// taken back at the next one.
void client::on_handler_down(const caf::actor_addr& who,
                             const caf::error& why) {
  watched_handlers_.erase(who);
  if (!handler_.on_down(who))
    return;
  auto text = "the handler of what " + spec_.name + " asks has ended ("
              + to_text(why) + "): nobody answers until another one is set";
  remark(diagnostic::kind::embedder_fault, text);
  publish(phase_.now(), errc::internal_error, text);
  // Where it kept a promise, CAF 0.17 says nothing.
  for (auto key : std::set{wanted_})
    on_input(incarnation_, key,
             failure{errc::client_down, fate::outcome_unknown,
                     "the handler has ended"});
}

// -- what it says -------------------------------------------------------------

void client::on_event(input_wanted& x) {
  auto ask_back = incarnation_;
  wanted_.insert(x.key);
  ask(this, handler_.who(), x.timeout,
      server_request{spec_.name, incarnation_, x.key, x.what,
                     std::move(x.params), x.timeout})
    .then([this, ask_back, key = x.key](
            const answer<json>& with) { on_input(ask_back, key, with); },
          [this, ask_back, key = x.key](caf::error& why) {
            on_input_error(ask_back, key, why);
          });
}

/// Its end is seen otherwise (`on_handler_down`).
void client::on_input_error(uint64_t incarnation, uint64_t key,
                            const caf::error& why) {
  auto told = failure_of(why);
  if (why == caf::sec::unexpected_response)
    told.text = "the handler's answer is no answer<json>";
  else if (why == caf::sec::unexpected_message)
    told.text = "the handler does not take server_request";
  if (why == caf::sec::unexpected_response
      || why == caf::sec::unexpected_message)
    remark(diagnostic::kind::embedder_fault,
           "what " + spec_.name + " asked was not answered: " + told.text);
  on_input(incarnation, key, std::move(told));
}

void client::on_input(uint64_t incarnation, uint64_t key, answer<json> x) {
  if (incarnation != incarnation_ || !session_ || wanted_.erase(key) == 0)
    return;
  session_->give_input(key, std::move(x), time_now(), events_);
  settle();
}

void client::on_event(input_unwanted& x) {
  if (wanted_.erase(x.key) > 0)
    tell(this, handler_.who(),
         server_request_cancelled{spec_.name, incarnation_, x.key});
}

/// The server will not hear an answer any more.
void client::unwant_all() {
  for (auto key : std::exchange(wanted_, {}))
    tell(this, handler_.who(),
         server_request_cancelled{spec_.name, incarnation_, key});
}

} // namespace troupe

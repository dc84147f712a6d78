#include "troupe/actors/client/client.hpp"

#include "troupe/actors/type_ids.hpp"

/// How a client passes requests of its server (MCP, "Elicitation", "Sampling",
/// "Roots") to the actor that answers them.
namespace troupe {

// -- the handler --------------------------------------------------------------

void client::set_handler(input_handler x) {
  watch_handler(x.who);
  handler_.replace(std::move(x));
}

void client::watch_handler(const caf::actor& who) {
  if (!who || !handler_.watch_once(who->address()))
    return;
  watch(who, [this, where = who->address()](const caf::error& why) {
    on_handler_down(where, why);
  });
}

/// The server is not restarted for that: the handler's capabilities are
/// declared no more at the next start.
void client::on_handler_down(const caf::actor_addr& who,
                             const caf::error& why) {
  if (!handler_.on_down(who))
    return;
  auto text = "the handler for requests of " + spec_->name + " has ended ("
              + to_text(why) + "): requests of the server are refused until "
              + "another one is set";
  remark(diagnostic::kind::embedder_fault, text);
  tell_all(life_.report(time_now(), errc::internal_error, text));
  // CAF 0.17 does not report promises that the handler had kept.
  for (auto key : handler_.open())
    on_input(life_.facts().incarnation, key,
             failure{errc::client_down, fate::outcome_unknown,
                     "the handler has ended"});
}

// -- its answers --------------------------------------------------------------

/// Why an answer is none to such a request; empty: it is one.
static std::string misuse_of(const answer<input_result>& x,
                             server_request::kind asked) {
  return x.ok() ? x.value.fault_for(asked) : "";
}

/// The handler's end is no misuse; `on_handler_down` reports it.
static std::string misuse_of(const caf::error& why) {
  if (why == caf::sec::unexpected_response)
    return "the handler's answer is not an answer<input_result>";
  if (why == caf::sec::unexpected_message)
    return "the handler does not take server_request";
  return {};
}

static answer<json> in_json(const answer<input_result>& x) {
  return x.ok() ? answer<json>{x.value.value()} : answer<json>{x.error};
}

void client::on_event(input_wanted& x) {
  auto incarnation = life_.facts().incarnation;
  handler_.asked(x.key);
  raw_request(this, handler_.current(), x.timeout,
              server_request{spec_->name, incarnation, x.key, x.what,
                             std::move(x.params), x.timeout})
    .then(
      [this, incarnation, key = x.key,
       what = x.what](const answer<input_result>& with) {
        on_input(incarnation, key,
                 blame_handler(misuse_of(with, what), in_json(with)));
      },
      [this, incarnation, key = x.key](caf::error& why) {
        on_input(incarnation, key,
                 blame_handler(misuse_of(why), failure_of(why)));
      });
}

/// Reports a misuse, where there is one: then that is why the server is
/// refused.
answer<json> client::blame_handler(const std::string& misuse, answer<json> x) {
  if (misuse.empty())
    return x;
  remark(diagnostic::kind::embedder_fault,
         "a request of " + spec_->name + " was not answered: " + misuse);
  if (x.ok())
    return failure{errc::invalid_argument, fate::refused, misuse};
  x.error.text = misuse;
  return x;
}

void client::on_input(uint64_t incarnation, uint64_t key, answer<json> x) {
  if (incarnation != life_.facts().incarnation || !connection_
      || !handler_.take(key))
    return;
  connection_->give_input(key, std::move(x), time_now());
  settle();
}

void client::on_event(input_withdrawn& x) {
  if (handler_.take(x.key))
    tell(
      this, handler_.current(),
      server_request_cancelled{spec_->name, life_.facts().incarnation, x.key});
}

/// The connection is lost: no answer can reach the server any more.
void client::withdraw_inputs() {
  for (auto key : handler_.take_open())
    tell(this, handler_.current(),
         server_request_cancelled{spec_->name, life_.facts().incarnation, key});
}

} // namespace troupe

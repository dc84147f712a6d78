#pragma once

#include "troupe/actors/ask.hpp"
#include "troupe/actors/interfaces.hpp"

/// Texts of the registry and its clients when they are closed, and how the
/// registry sends commands.
namespace troupe::registry_words {

inline failure unknown(const std::string& name) {
  return {errc::unknown_server, fate::not_sent,
          "no server is called '" + name + "'"};
}

inline failure stopped() {
  return {errc::runtime_stopped, fate::not_sent, "the runtime has stopped"};
}

inline failure name_taken(const std::string& name) {
  return {errc::invalid_argument, fate::not_sent,
          "a server called '" + name
            + "' is open already: close it first, or reload it"};
}

inline failure closed(const std::string& name) {
  return {errc::closed, fate::not_sent, "client of " + name + " is closed"};
}

/// A client's answer to the registry itself is ignored: the client reports its
/// changes to the monitor.
template <class Self, class Message>
void command(Self* self, const client_handle& to, Message x) {
  ask(self, to, std::move(x)).then([](const answer<result_of<Message>>&) {});
}

} // namespace troupe::registry_words

#pragma once

#include "troupe/actors/internal_messages.hpp"
#include "troupe/tests/messages/sample_messages.hpp"

/// One value of each message between actors, with no member at its default.
namespace troupe {

/// An actor whose handle the samples carry: set before they are made.
inline caf::actor sample_actor;

template <>
inline client_ref sample() {
  return {"name", client_handle{sample_actor}};
}

template <>
inline answer<client_ref> sample() {
  return sample_answer<client_ref>();
}

template <>
inline find_client sample() {
  return {"name"};
}

// -- supervisor ---------------------------------------------------------------

template <>
inline add_child sample() {
  return {sample<server_spec>()};
}

template <>
inline remove_child sample() {
  return {"name"};
}

template <>
inline callback_returned sample() {
  return {true};
}

template <>
inline child_replaced sample() {
  return {sample<client_ref>()};
}

template <>
inline unclean_end sample() {
  return {"name", sample<stop_report>()};
}

template <>
inline start_requested sample() {
  return {"name", start_reason::retry_mute, sample<server_spec>(), 9, 10};
}

template <>
inline start_granted sample() {
  return {1ull << 40, 3, transport_handle{sample_actor}, 11,
          known_dialect::legacy};
}

template <>
inline credentials_changed sample() {
  return {"https://host"};
}

template <>
inline dialect_learnt sample() {
  return {"name", 13, known_dialect::modern};
}

template <>
inline start_queued sample() {
  return {sample<failure>()};
}

template <>
inline start_verdict sample() {
  return {phase::degraded, milliseconds{300'000}, sample<failure>()};
}

template <>
inline start_withdrawn sample() {
  return {"name"};
}

template <>
inline start_cancelled sample() {
  return {{sample<stop_report>()}};
}

template <>
inline incarnation_ready sample() {
  return {"name", 2};
}

template <>
inline incarnation_failed sample() {
  return {"name", 12};
}

template <>
inline incarnation_proven sample() {
  return {"name", 3};
}

template <>
inline set_input_handler sample() {
  return {"name", {sample_actor, {true, true, true, true}}};
}

template <>
inline new_input_handler sample() {
  return {{sample_actor, {true, true, true, true}}};
}

template <>
inline restart_due sample() {
  return {"name", 4};
}

// -- transport ----------------------------------------------------------------

template <>
inline stop_transport sample() {
  return {errc::reloaded, "reload"};
}

template <>
inline inbound_exchange sample() {
  return {7,
          {8,
           {"a", "b"},
           40'000,
           true,
           true,
           errc::server_error,
           fate::refused,
           "text",
           404,
           "{}",
           true,
           true,
           "id",
           milliseconds{500}}};
}

template <>
inline inbound_frames sample() {
  return {5, {"{}", "", "a\nb"}};
}

template <>
inline transport_fault sample() {
  return {6, errc::connection_lost, "the end of stdout"};
}

template <>
inline transport_remark sample() {
  return {7, diagnostic::kind::server_log, "line"};
}

template <>
inline transport_ended sample() {
  return {sample<stop_report>(), {1, 1ull << 50}};
}

template <>
inline client_tick sample() {
  return {8};
}

// -- monitor ------------------------------------------------------------------

template <>
inline member_joined sample() {
  return {"name", client_handle{sample_actor}};
}

template <>
inline member_left sample() {
  return {"name", sample_actor->address()};
}

} // namespace troupe

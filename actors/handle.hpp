#pragma once

#include "troupe/messages/requests.hpp"

#include <caf/actor.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

/// Handles that know what their actor takes: telling or asking it anything else
/// does not compile.
namespace troupe {

template <class... Messages>
struct message_list {};

/// What the actors of a class take (`takes`, a `message_list`), and what they
/// answer to `get_status` (`status`). Specialized in interfaces.hpp.
template <class Actor>
struct interface_of;

/// A handle to an actor of that class. It is also a `caf::actor`; where it is
/// used as one, the compiler does not check what is sent to it. Templates of
/// CAF's that look for a `caf::actor` exactly, such as `wait_for`, need
/// `caf::actor{handle}`.
template <class Actor>
class handle_of : public caf::actor {
public:
  handle_of() = default;
  handle_of(std::nullptr_t) {
    // nop
  }

  /// The caller vouches that `x` is of that class, or stands in for one.
  explicit handle_of(caf::actor x) : caf::actor(std::move(x)) {
    // nop
  }

  /// A handle of another class is known not to be.
  template <class Other>
  explicit handle_of(const handle_of<Other>& x) = delete;
};

// -- what a handle's actor takes ----------------------------------------------

template <class Message, class List>
inline constexpr bool is_listed = false;
template <class Message, class... Messages>
inline constexpr bool is_listed<Message, message_list<Messages...>> =
  (std::is_same_v<Message, Messages> || ...);

/// Whether the lists have the same messages, each once, in any order.
template <class A, class B>
inline constexpr bool same_messages = false;
template <class... As, class... Bs>
inline constexpr bool same_messages<message_list<As...>, message_list<Bs...>> =
  sizeof...(As) == sizeof...(Bs) && (is_listed<As, message_list<Bs...>> && ...)
  && (is_listed<Bs, message_list<As...>> && ...);

/// Whether such a message may be sent to that handle. A bare `caf::actor` may
/// be an embedder's, which takes what it likes.
template <class Handle, class Message>
inline constexpr bool takes = true;
template <class Actor, class Message>
inline constexpr bool takes<handle_of<Actor>, Message> =
  is_listed<Message, typename interface_of<Actor>::takes>;

/// For `template <class Handle, taken_by<Handle> Message>`.
template <class Message, class Handle>
concept taken_by = takes<Handle, Message>;

// -- what it answers ----------------------------------------------------------

template <class Handle, class Message>
struct reply_to : result_of_request<Message> {};
template <class Actor>
struct reply_to<handle_of<Actor>, get_status> {
  using type = typename interface_of<Actor>::status;
};

/// What that actor answers to that message.
template <class Handle, class Message>
using reply_from = answer<typename reply_to<Handle, Message>::type>;

} // namespace troupe

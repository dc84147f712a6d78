#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

/// How a message of `warden_protocol.hpp` becomes bytes. Decoding is total: any
/// bytes give a message or nothing.
namespace troupe::guard_protocol {

/// Changes with every change of a message.
inline constexpr uint32_t magic = 0x54525004;

enum class packet_kind : uint32_t {
  spawn = 1,
  sweep,
  hello,
  forked,
  fork_failed,
  shim_ended,
  swept,
  stop,
  started,
  start_failed,
  exited,
  unkillable,
  gone,
  probe,
  alive,
  stopping,
};

struct packet_head {
  uint32_t magic = guard_protocol::magic;
  packet_kind kind{};
};

/// No message is larger.
inline constexpr size_t packet_bytes_max = 64;
/// No message comes with more descriptors.
inline constexpr size_t packet_fds_max = 8;

template <class Message>
struct packet {
  packet_head head{magic, Message::kind};
  Message body;
};

template <class Message>
auto encode(const Message& x) {
  static_assert(std::is_trivially_copyable_v<Message>);
  // Padding would copy old stack contents.
  static_assert(std::has_unique_object_representations_v<Message>);
  static_assert(sizeof(packet<Message>) <= packet_bytes_max);
  auto out = std::array<char, sizeof(packet<Message>)>{};
  auto head = packet_head{magic, Message::kind};
  std::memcpy(out.data(), &head, sizeof(head));
  std::memcpy(out.data() + offsetof(packet<Message>, body), &x, sizeof(x));
  return out;
}

/// The kind of a packet, if it is one of ours.
inline std::optional<packet_kind> kind_of(std::span<const char> bytes) {
  auto head = packet_head{};
  if (bytes.size() < sizeof(head))
    return std::nullopt;
  std::memcpy(&head, bytes.data(), sizeof(head));
  if (head.magic != magic || head.kind < packet_kind::spawn
      || head.kind > packet_kind::stopping)
    return std::nullopt;
  return head.kind;
}

/// The message, if `bytes` are exactly one of that kind.
template <class Message>
std::optional<Message> decode(std::span<const char> bytes) {
  if (kind_of(bytes) != Message::kind
      || bytes.size() != sizeof(packet<Message>))
    return std::nullopt;
  auto x = Message{};
  std::memcpy(&x, bytes.data() + offsetof(packet<Message>, body), sizeof(x));
  return x;
}

} // namespace troupe::guard_protocol

#pragma once

#include "troupe/messages/defaults.hpp"

/// The limits of the commands to a running program, each with its reason.
namespace troupe::cli::limits {

using namespace std::chrono_literals;

/// A call's arguments, and its names.
inline constexpr size_t request_bytes_max = defaults::frame_bytes_max + 65536;
/// The tools of many servers at once, or the largest result.
inline constexpr size_t answer_bytes_max = 64u << 20;
/// What a server sent stands some levels deep in an answer.
inline constexpr size_t answer_depth_max = defaults::json_depth_max + 16;
inline constexpr size_t answer_nodes_max = 4 * defaults::json_nodes_max;
/// Connections that the kernel keeps for us until we take them: a burst of
/// scripts.
inline constexpr int backlog = 128;
/// Connections whose request is neither complete nor large: an honest client
/// sends it at once, so that few are seen in this state.
inline constexpr size_t unfinished_max = 32;
/// Requests that are large, until they are parsed.
inline constexpr size_t large_max = 64;
/// What has come of them: two of the largest. Above that, one is read at a
/// time.
inline constexpr size_t unfinished_bytes_max = 2 * request_bytes_max;
/// `list` and `status` under way, which are answered within a second.
inline constexpr size_t looks_max = 32;
/// Calls to one server: what scripts make at a time. A server that hangs holds
/// no more slots than these.
inline constexpr size_t server_calls_max = 32;
/// Calls to all servers: eight of them may hang with all their calls. Each
/// holds one descriptor.
inline constexpr size_t calls_max = 8 * server_calls_max;
/// `tools`, `reload` and `close` of one server; several at a time gain nothing.
inline constexpr size_t server_errands_max = 16;
/// Those of all servers.
inline constexpr size_t errands_max = 8 * server_errands_max;
/// Answers that wait for their readers, and what they hold together: two of the
/// largest, one that is read and one that is not. At twice the bytes no call is
/// let in any more.
inline constexpr size_t unread_max = 64;
inline constexpr size_t unread_bytes_max = 2 * answer_bytes_max;
/// Connections in all; further ones wait in the kernel.
inline constexpr size_t connections_max =
  unfinished_max + large_max + looks_max + calls_max + errands_max + unread_max;
/// A client that has sent or taken something within this time is at work, if
/// slowly, and is not dropped for others. What one thread makes of answers
/// meanwhile is a few hundred MiB.
inline constexpr auto idle_timeout = 1s;
/// What is parsed or written on the main loop itself; it takes below 1 ms. What
/// is larger is done on a thread beside it.
inline constexpr size_t on_loop_bytes_max = 64u << 10;
/// For a client to send its request, without the time in which it has to wait;
/// or to take a piece of its answer.
inline constexpr auto line_timeout = 10s;
/// To tell what is known, which waits for nothing: who does not is stopped.
inline constexpr auto known_timeout = 5s;
/// Without a free descriptor or slot no client is let in for so long, unless
/// one of those within goes: a listening socket that stays readable would keep
/// us busy.
inline constexpr auto accept_pause = 500ms;
/// Sockets of one user among which the one that runs is looked for.
inline constexpr size_t sockets_max = 256;
/// What waits for a terminal at the program's end may take so long.
inline constexpr auto flush_timeout = 1s;
/// Servers at a time, where a user wants so many; each takes two processes and
/// five descriptors.
inline constexpr uint32_t live_max_most = 10'000;
/// A line for people is cut here.
inline constexpr size_t shown_bytes_max = 2048;
/// A description in a table.
inline constexpr size_t summary_bytes_max = 300;

} // namespace troupe::cli::limits

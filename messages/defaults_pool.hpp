#pragma once

#include <chrono>
#include <cstddef>

namespace troupe::defaults {

using namespace std::chrono_literals;

// -- callbacks of the embedder ------------------------------------------------

/// Threads that run callbacks of the embedder: sixteen servers may have both of
/// theirs blocked before another one's callbacks wait.
inline constexpr size_t callback_threads_max = 32;
/// Callbacks of one server that run at a time: one that hangs takes no more
/// threads than these from the others.
inline constexpr size_t callback_threads_of_one_max = 2;
/// Callbacks that wait for a thread. Requests over HTTP under way, each of
/// which asks once at a time, are fewer.
inline constexpr size_t callbacks_waiting_max = 2048;
/// A thread without work ends; credentials are asked for in bursts.
inline constexpr auto callback_thread_idle = 5s;
/// What still runs when a runtime stops may take so long to come back. After
/// that its thread is left alone: a callback cannot be told to end.
inline constexpr auto callback_stop_grace = 1s;
/// Callbacks of one in-process server in a row, before others have their turn.
inline constexpr size_t pipe_callbacks_in_a_row = 32;

// -- when to ask again --------------------------------------------------------

/// A full queue empties as soon as one call ends, and a server that starts is
/// ready in that time or needs many times as long: ten questions a second cost
/// nothing.
inline constexpr auto retry_soon = 100ms;

} // namespace troupe::defaults

#pragma once

#include <chrono>
#include <cstddef>

namespace troupe::defaults {

using namespace std::chrono_literals;

/// What a server may say, by the second, that answers no open request:
/// notifications, requests of its own, late answers, noise. Far beyond what
/// servers have reason to say, and a few percent of a core.
inline constexpr size_t unasked_frames_per_second = 10'000;
/// The same in bytes; what comes is charged by both.
inline constexpr size_t unasked_bytes_per_second = 4u << 20;
/// An empty line is charged as so many bytes: it costs less than any frame.
inline constexpr size_t empty_line_bytes = 8;
/// So much of that may come at once after a silence: 100,000 lines of a log,
/// or two frames of the largest kind.
inline constexpr auto unasked_credit_max = 12s;
/// The longest time for which a server is not read: its answers wait meanwhile,
/// and pings must not. A frame of the largest kind is worth no more.
inline constexpr auto unasked_debt_max = 4s;
/// A server counts as throttled until so much credit is back.
inline constexpr auto unasked_credit_regained = 6s;
/// How far a throttled server may be ahead of its client: a pipe's content. So
/// it stops soon when it is not read.
inline constexpr size_t paced_inbound_bytes_max = 256u << 10;
/// Empty lines of a server's stdout are told of in lots: the few that a server
/// prints between its messages are never worth a word.
inline constexpr size_t empty_lines_lot = 4096;

} // namespace troupe::defaults

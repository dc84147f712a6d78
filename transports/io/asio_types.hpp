#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

/// Asio's descriptors and timers for an `io_context` and nothing else. Those of
/// `boost::asio` take any executor, which makes each of them, and each wait for
/// one, some 40 bytes larger. Included by sources of this floor alone.
namespace troupe {

using io_descriptor = boost::asio::posix::basic_stream_descriptor<
  boost::asio::io_context::executor_type>;

using io_timer = boost::asio::basic_waitable_timer<
  std::chrono::steady_clock,
  boost::asio::wait_traits<std::chrono::steady_clock>,
  boost::asio::io_context::executor_type>;

} // namespace troupe

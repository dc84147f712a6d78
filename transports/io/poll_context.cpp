#include "troupe/transports/io/poll_context.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/system/system_error.hpp>

#include <system_error>

namespace troupe {

std::shared_ptr<boost::asio::io_context> make_poll_context() {
  try {
    auto result = std::make_shared<boost::asio::io_context>(1);
    boost::asio::posix::stream_descriptor opens_the_poll{*result};
    return result;
  } catch (const boost::system::system_error& x) {
    throw std::system_error(x.code().value(), std::generic_category(),
                            "the kernel's poll");
  }
}

} // namespace troupe

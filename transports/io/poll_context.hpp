#pragma once

#include <memory>

namespace boost::asio {
class io_context;
}

namespace troupe {

/// A context that one thread at a time runs, so that its handlers need no locks
/// among themselves. The kernel's poll is open already: a lack of descriptors
/// is thrown here, as `std::system_error`, and not on a thread where nobody
/// could be told.
std::shared_ptr<boost::asio::io_context> make_poll_context();

} // namespace troupe

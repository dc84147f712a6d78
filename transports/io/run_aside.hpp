#pragma once

#include <functional>

namespace troupe {

/// Runs a function on a thread of its own, and waits for its end. The thread
/// takes no signal. Throws what `f` throws, and `std::system_error` where there
/// is no thread.
void run_aside(const std::function<void()>& f);

} // namespace troupe

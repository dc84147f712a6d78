#include "troupe/transports/io/run_aside.hpp"

#include "troupe/transports/io/signals_blocked.hpp"

#include <future>

namespace troupe {

void run_aside(const std::function<void()>& f) {
  signals_blocked blocked; // the thread inherits it
  std::async(std::launch::async, f).get();
}

} // namespace troupe

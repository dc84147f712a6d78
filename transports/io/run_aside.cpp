#include "troupe/transports/io/run_aside.hpp"

#include "troupe/transports/io/signals_blocked.hpp"

#include <exception>
#include <thread>

namespace troupe {

void run_aside(const std::function<void()>& f) {
  std::exception_ptr thrown;
  auto turn = [&] {
    try {
      f();
    } catch (...) {
      thrown = std::current_exception();
    }
  };
  {
    signals_blocked blocked; // the thread inherits it
    std::thread{turn}.join();
  }
  if (thrown)
    std::rethrow_exception(thrown);
}

} // namespace troupe

// Covers transports/io/run_aside.hpp.

#include "troupe/transports/io/run_aside.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <thread>

using namespace troupe;

SCENARIO("what is run aside runs on another thread, to its end", "[io]") {
  auto where = std::this_thread::get_id();
  run_aside([&] { where = std::this_thread::get_id(); });
  CHECK(where != std::this_thread::get_id());
}

SCENARIO("what is thrown aside is thrown to who waits", "[io]") {
  CHECK_THROWS_AS(run_aside([] { throw std::logic_error{"no"}; }),
                  std::logic_error);
}

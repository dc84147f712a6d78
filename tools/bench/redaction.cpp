#include "troupe/tools/bench/redaction.hpp"

#include "troupe/messages/config/redactor.hpp"

#include <chrono>
#include <cstdio>

namespace troupe::bench {

namespace {

/// `near`: values that nearly match at each byte of the text, which is the
/// worst case for a search that restarts at each byte.
redactor hiding(bool near) {
  hidden_values values;
  for (size_t i = 0; i < 20; ++i)
    values.hide(std::string(40 + i, near ? 'a' : 'v') + "b", "${NAME}");
  return redactor{values};
}

void print_row(const char* what, const redactor& hidden, size_t bytes) {
  using clock = std::chrono::steady_clock;
  auto text = json::from_string(std::string(bytes, 'a'));
  size_t steps = 0;
  auto begin = clock::now();
  hidden.apply(text, &steps);
  std::chrono::duration<double, std::nano> time = clock::now() - begin;
  auto per_byte = [bytes](auto x) {
    return static_cast<double>(x) / static_cast<double>(bytes);
  };
  std::printf("%-12s %10zu %10.2f %10.2f\n", what, bytes,
              per_byte(time.count()), per_byte(steps));
}

} // namespace

void measure_redaction() {
  std::printf("%-12s %10s %10s %10s\n", "20 values", "bytes", "ns/byte",
              "steps/byte");
  for (auto near : {false, true})
    for (size_t bytes : {64u << 10, 1u << 20, 15u << 20})
      print_row(near ? "nearly match" : "never match", hiding(near), bytes);
}

} // namespace troupe::bench

#ifdef __SANITIZE_THREAD__

#include <thread>

/// cpp-httplib's library is not instrumented: where two threads use one of its
/// constant regular expressions, the guard of its initialization is not seen.
extern "C" const char* __tsan_default_suppressions() {
  return "race:std::__detail::_*Matcher<\n";
}

namespace {

/// The sanitizer starts a thread of its own beside a program's first one: here,
/// before a test counts threads.
const auto has_run_a_thread = [] {
  std::thread{[] {}}.join();
  return true;
}();

} // namespace

#endif

#include "troupe/tools/driver/figures.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace troupe::driver {

double milliseconds_since(clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(clock::now() - begin)
    .count();
}

static long entries_of(const char* folder) {
  auto all = std::filesystem::directory_iterator{folder};
  return std::distance(begin(all), end(all));
}

footprint footprint::now() {
  std::ifstream statm{"/proc/self/statm"};
  long pages = 0;
  long resident = 0;
  statm >> pages >> resident;
  // The listing has a descriptor of its own.
  return {resident * (sysconf(_SC_PAGESIZE) / 1024),
          entries_of("/proc/self/fd") - 1, entries_of("/proc/self/task")};
}

void write_percentiles(json_writer& out, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  auto at = [&times](double part) {
    auto i = static_cast<size_t>(part * static_cast<double>(times.size()));
    return times.empty() ? 0 : times[std::min(i, times.size() - 1)] * 1e3;
  };
  out.member("p50_us", at(.5)).member("p99_us", at(.99));
  out.member("p999_us", at(.999));
}

} // namespace troupe::driver

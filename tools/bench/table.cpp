#include "troupe/tools/bench/figures.hpp"

#include <algorithm>
#include <cstdio>

namespace troupe::bench {

namespace {

double us(nanoseconds x) {
  return static_cast<double>(x.count()) / 1000;
}

const figures* find(const std::vector<figures>& all, const std::string& name) {
  auto i = std::find_if(all.begin(), all.end(),
                        [&](auto& x) { return x.name == name; });
  return i == all.end() ? nullptr : &*i;
}

void row(const char* what, double ours, double raw, const char* unit) {
  if (ours == 0)
    return;
  if (raw == 0)
    std::printf("  %-28s %12.1f %-7s\n", what, ours, unit);
  else
    std::printf("  %-28s %12.1f %-7s floor %12.1f   ratio %5.2f\n", what, ours,
                unit, raw, ours / raw);
}

} // namespace

nanoseconds percentile(std::vector<nanoseconds>& x, double share) {
  if (x.empty())
    return nanoseconds{0};
  auto i = static_cast<size_t>(share * static_cast<double>(x.size() - 1));
  std::nth_element(x.begin(), x.begin() + static_cast<ptrdiff_t>(i), x.end());
  return x[i];
}

void print_table(const std::string& title, const std::vector<figures>& floor,
                 const std::vector<figures>& troupe) {
  std::printf("%s\n", title.c_str());
  auto& shown = troupe.empty() ? floor : troupe;
  for (auto& x : shown) {
    if (x.name.empty())
      continue;
    auto raw = troupe.empty() ? nullptr : find(floor, x.name);
    figures none;
    auto& f = raw ? *raw : none;
    std::printf(" %s\n", x.name.c_str());
    row("p50", us(x.p50), us(f.p50), "us");
    row("p99", us(x.p99), us(f.p99), "us");
    row("calls", x.per_second, f.per_second, "/s");
    row("results", x.megabytes_second, f.megabytes_second, "MB/s");
    row("connect all", us(x.connect_all) / 1000, us(f.connect_all) / 1000,
        "ms");
    row("close all", us(x.close_all) / 1000, us(f.close_all) / 1000, "ms");
    if (x.close_all.count() > 0 && !troupe.empty())
      std::printf("  %-28s %12s\n", "every close proved",
                  x.close_proved ? "yes" : "NO");
    row("memory per client", x.bytes_per_client / 1024, 0, "KiB");
  }
  std::fflush(stdout);
}

} // namespace troupe::bench

#include "troupe/tools/driver/measures.hpp"

#include "troupe/tools/driver/agent.hpp"

#include <stdexcept>

namespace troupe::driver {

namespace {

/// The value, or the end of the measurement.
template <class T>
T need(answer<T> x) {
  if (!x.ok())
    throw std::runtime_error(x.error.text);
  return std::move(x.value);
}

work_done need(work_done x) {
  if (x.wrong > 0)
    throw std::runtime_error(std::to_string(x.wrong) + " wrong answers");
  return x;
}

client_handle open(standalone_runtime& mcp, const plan& what) {
  return need(mcp.open(spec_of(what))).handle;
}

void measure_connect(standalone_runtime& mcp, const plan& what,
                     json_writer& out) {
  std::vector<double> connects;
  std::vector<double> closes;
  footprint first;
  for (size_t i = 0; i < what.n; ++i) {
    if (i == 1) // the first may set up things for good
      first = footprint::now();
    auto client = open(mcp, what);
    auto begin = clock::now();
    need(mcp.ask(client, ensure_ready{}));
    connects.push_back(milliseconds_since(begin));
    begin = clock::now();
    if (!is_clean(need(mcp.ask(client, close_client{})).left))
      throw std::runtime_error("something was left after a close");
    closes.push_back(milliseconds_since(begin));
  }
  auto last = footprint::now();
  out.key("connect").begin_object();
  write_percentiles(out, std::move(connects));
  out.end_object().key("close").begin_object();
  write_percentiles(out, std::move(closes));
  out.end_object();
  out.member("fd_growth", int64_t{last.descriptors - first.descriptors});
  out.member("thread_growth", int64_t{last.threads - first.threads});
}

void measure_calls(standalone_runtime& mcp, const plan& what,
                   json_writer& out) {
  auto client = open(mcp, what);
  need(mcp.ask(client, ensure_ready{}));
  auto big = what.mode == "big";
  workload work{{client},
                what.warm,
                what.mode == "pipe" ? what.inflight : 1,
                big ? what.bytes : 0,
                what.mode == "seq"};
  need(run(mcp.system(), work));
  work.calls = what.n;
  auto done = need(run(mcp.system(), work));
  auto calls = static_cast<double>(what.n);
  out.member("rps", calls / done.seconds);
  if (big)
    out.member("mb_s",
               calls * static_cast<double>(what.bytes) / 1e6 / done.seconds);
  write_percentiles(out, std::move(done.times));
}

void connect_all(standalone_runtime& mcp, const plan& what,
                 std::vector<client_handle>& all, json_writer& out) {
  auto begin = clock::now();
  for (size_t i = 0; i < what.clients; ++i) {
    all.push_back(open(mcp, what));
    tell_anon(all.back(), ensure_ready{}); // all of them at a time
  }
  for (auto& x : all)
    need(mcp.ask(x, ensure_ready{}));
  out.member("connect_all_ms", milliseconds_since(begin));
}

void measure_many(standalone_runtime& mcp, const plan& what, json_writer& out) {
  need(mcp.ask(open(mcp, what), ensure_ready{})); // the warden is there now
  auto before = footprint::now();
  std::vector<client_handle> all;
  connect_all(mcp, what, all, out);
  auto done = need(run(mcp.system(), {all, what.n * what.clients}));
  auto after = footprint::now();
  auto each = [&](long x, long y) {
    return static_cast<double>(y - x) / static_cast<double>(what.clients);
  };
  out.member("rps", static_cast<double>(what.n * what.clients) / done.seconds);
  write_percentiles(out, std::move(done.times));
  out.member("rss_kb_per_client", each(before.rss_kib, after.rss_kib));
  out.member("rss_total_kb", int64_t{after.rss_kib});
  out.member("fds_per_client", each(before.descriptors, after.descriptors));
  out.member("threads_per_client", each(before.threads, after.threads));
  auto begin = clock::now();
  all.clear();
  out.member("clean", mcp.stop().clean);
  out.member("close_all_ms", milliseconds_since(begin));
}

} // namespace

std::string measure(standalone_runtime& mcp, const plan& what,
                    json_writer& out) {
  try {
    if (what.mode == "connect")
      measure_connect(mcp, what, out);
    else if (what.mode == "many")
      measure_many(mcp, what, out);
    else
      measure_calls(mcp, what, out);
    return {};
  } catch (const std::runtime_error& x) {
    return x.what();
  }
}

} // namespace troupe::driver

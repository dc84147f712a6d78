#include "troupe/tools/driver/plan.hpp"

namespace troupe::driver {

namespace {

std::string text_in(const json& from, std::string_view key) {
  auto x = from.find(key);
  return x ? x->as_string().value_or("") : "";
}

void read(const json& from, std::string_view key, size_t& into) {
  auto x = from.find(key);
  if (auto number = x ? x->as_integer() : std::nullopt; number && *number > 0)
    into = static_cast<size_t>(*number);
}

std::string fault_of(const plan& x) {
  for (auto mode : {"seq", "pipe", "big", "many", "connect"})
    if (x.mode == mode)
      return x.http ? (x.url.empty() ? "\"url\" is missing" : "")
                    : (x.cmd.empty() ? "\"cmd\" is missing" : "");
  return "\"mode\" is none of seq, pipe, big, many, connect";
}

} // namespace

read_plan parse_plan(std::string text) {
  auto parsed = json::parse(std::move(text));
  if (!parsed.ok())
    return {{}, parsed.error.text()};
  auto& from = parsed.value;
  plan x;
  x.mode = text_in(from, "mode");
  x.http = text_in(from, "transport") == "http";
  x.url = text_in(from, "url");
  if (auto cmd = from.find("cmd"))
    for (auto& word : cmd->items())
      x.cmd.push_back(word.as_string().value_or(""));
  read(from, "n", x.n);
  read(from, "warm", x.warm);
  read(from, "bytes", x.bytes);
  read(from, "inflight", x.inflight);
  read(from, "clients", x.clients);
  auto fault = fault_of(x);
  return {std::move(x), std::move(fault)};
}

server_spec spec_of(const plan& x) {
  static size_t last = 0;
  auto name = "s" + std::to_string(++last);
  auto result = x.http ? remote_server(name, x.url)
                       : program_server(name, x.cmd.front(),
                                        {x.cmd.begin() + 1, x.cmd.end()});
  result.limits.frame_bytes_max = size_t{512} << 20;
  result.limits.outbox_bytes_max = size_t{64} << 20;
  result.dialect = dialect_choice::legacy; // as other clients: no probe
  result.lazy = true;                      // started when it is measured
  return result;
}

} // namespace troupe::driver

#include "troupe/tools/demo-server/tools.hpp"

#include <algorithm>
#include <csignal>

#include <unistd.h>

namespace troupe::demo {

namespace {

/// An integer argument, brought into its range.
int64_t number(const call& x, std::string_view name, int64_t otherwise,
               int64_t max) {
  auto found = x.arguments.find(name);
  auto value = found ? found->as_integer() : std::nullopt;
  return std::clamp<int64_t>(value.value_or(otherwise), 0, max);
}

/// A day: longer than any test, and far from an overflow.
constexpr int64_t ms_max = 86'400'000;

} // namespace

const std::map<std::string_view, toolbox::tool> toolbox::own_{
  {"echo", &toolbox::echo},         {"sleep", &toolbox::sleep_ms},
  {"progress", &toolbox::progress}, {"blob", &toolbox::blob},
  {"fail", &toolbox::fail},         {"crash", &toolbox::crash},
  {"env", &toolbox::env},           {"pids", &toolbox::pids},
  {"count", &toolbox::count},       {"grow", &toolbox::grow},
};

toolbox::toolbox(common& shared, answers& to) : common_(shared), to_(to) {
  // nop
}

toolbox::~toolbox() {
  for (auto& [_, which] : pending_)
    common_.clock.cancel(which);
}

void toolbox::record(const call& x) {
  auto found = x.arguments.find("key");
  if (!found && common_.record.only_keys())
    return;
  auto key = found ? found->as_string().value_or("") : std::string{};
  common_.record.record(x.tool, key);
}

void toolbox::run(const call& x) {
  auto found = own_.find(x.tool);
  if (found == own_.end())
    say(x, x.tool);
  else
    (this->*found->second)(x);
}

bool toolbox::pending(const json_rpc::id& which) const {
  return !pending_.empty() && pending_.find(which) != pending_.end();
}

void toolbox::cancel(const json_rpc::id& which) {
  if (auto found = pending_.find(which); found != pending_.end()) {
    common_.clock.cancel(found->second);
    pending_.erase(found);
  }
}

// -- the tools ----------------------------------------------------------------

void toolbox::echo(const call& x) {
  auto text = x.arguments.find("text");
  if (!text || !text->is_string()) {
    say(x, "`text` is missing, or no string", true);
    return;
  }
  auto out = begin_result(x.speaks);
  out.key("content").begin_array().begin_object();
  // As it was received: neither decoded nor escaped anew.
  out.member("type", "text").member("text", *text);
  out.end_object().end_array();
  if (auto structured = x.arguments.find("structured"))
    out.member("structuredContent", *structured);
  out.end_object();
  to_.result(x, out);
}

void toolbox::sleep_ms(const call& x) {
  auto ms = number(x, "ms", 0, ms_max);
  later(x, milliseconds{ms},
        [this, x, ms] { say(x, "slept " + std::to_string(ms) + " ms"); });
}

void toolbox::progress(const call& x) {
  auto steps = number(x, "steps", 3, 1'000'000);
  step(x, 0, steps, milliseconds{number(x, "ms", 10, ms_max)});
}

void toolbox::blob(const call& x) {
  auto bytes = number(x, "bytes", 0, blob_bytes_max);
  say(x, std::string(static_cast<size_t>(bytes), 'x'));
}

void toolbox::fail(const call& x) {
  auto text = x.arguments.find("text");
  auto said = text ? text->as_string() : std::nullopt;
  say(x, said.value_or("failed as asked"), true);
}

void toolbox::crash(const call& x) {
  if (x.arguments.find("status"))
    to_.die(0, static_cast<int>(number(x, "status", 1, 255)));
  to_.die(static_cast<int>(number(x, "signal", SIGKILL, 64)), 1);
}

void toolbox::env(const call& x) {
  std::vector<std::string> names;
  for (auto entry = ::environ; *entry != nullptr; ++entry) {
    auto text = std::string_view{*entry};
    names.emplace_back(text.substr(0, text.find('=')));
  }
  std::sort(names.begin(), names.end());
  json_writer out;
  out.begin_object().key("names").begin_array();
  for (auto& name : names)
    out.value(name);
  give(x, out.end_array().end_object().finish());
}

void toolbox::pids(const call& x) {
  json_writer out;
  out.begin_object().member("server", static_cast<int>(::getpid()));
  out.key("helpers").begin_array();
  for (auto pid : common_.helpers)
    out.value(pid);
  give(x, out.end_array().end_object().finish());
}

void toolbox::count(const call& x) {
  give(x, common_.record.counts());
}

void toolbox::grow(const call& x) {
  common_.tools.grow(static_cast<uint64_t>(number(x, "tools", 1, grow_max)));
  to_.tools_changed(static_cast<uint64_t>(number(x, "times", 1, grow_max)));
  say(x, "grown");
}

// -- steps --------------------------------------------------------------------

void toolbox::step(const call& x, int64_t done, int64_t steps,
                   milliseconds pause) {
  if (done == steps) {
    say(x, "made " + std::to_string(steps) + " steps");
    return;
  }
  later(x, pause, [=, this] {
    to_.progress(x, static_cast<double>(done + 1), static_cast<double>(steps));
    step(x, done + 1, steps, pause);
  });
}

void toolbox::later(const call& x, milliseconds delay,
                    std::function<void()> what) {
  if (pending_.size() >= pending_max) {
    say(x, "too many calls at once", true);
    return;
  }
  pending_[x.id] = common_.clock.after(delay, [this, id = x.id, what] {
    pending_.erase(id);
    what();
  });
}

void toolbox::say(const call& x, std::string_view text, bool is_error) {
  auto out = begin_result(x.speaks);
  out.key("content").begin_array().begin_object();
  out.member("type", "text").member("text", text);
  out.end_object().end_array();
  if (is_error)
    out.member("isError", true);
  out.end_object();
  to_.result(x, out);
}

// As text too, for clients that know no structured content (2025-11-25,
// "Structured Content").
void toolbox::give(const call& x, const json& structured) {
  auto out = begin_result(x.speaks);
  out.key("content").begin_array().begin_object();
  out.member("type", "text").member("text", structured.text());
  out.end_object().end_array();
  out.member("structuredContent", structured);
  out.end_object();
  to_.result(x, out);
}

} // namespace troupe::demo

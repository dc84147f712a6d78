#include "troupe/tests/actors/session/dialogue.hpp"

#include "troupe/tests/support/same_json.hpp"

#include <cmath>
#include <sstream>

namespace troupe::test {

namespace {

milliseconds read_duration(const std::string& text) {
  size_t used = 0;
  auto number = std::stod(text, &used);
  auto factor = text.substr(used) == "ms" ? 1.0 : 1000.0;
  return milliseconds{std::llround(number * factor)};
}

/// Bytes that a text file should not hold are written as \xNN.
std::string unescape(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "\\x") == 0) {
      result +=
        static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string rest_of(std::istream& in) {
  std::string result;
  std::getline(in >> std::ws, result);
  return result;
}

/// `{...} | options`
std::pair<json, std::string> split_json(const std::string& text) {
  auto bar = text.rfind(" | ");
  auto first = text.substr(0, bar);
  auto value = json::parse(first.empty() ? "null" : first).value;
  return {value, bar == text.npos ? "" : text.substr(bar + 3)};
}

/// The options behind the bar: pairs of a name and a value.
template <class Options>
void read_options(Options& x, request_times& times, const std::string& text) {
  std::istringstream in{text};
  for (std::string name, value; in >> name;) {
    if (name == "meta") {
      x.meta = json::parse(rest_of(in)).value;
      return;
    }
    in >> value;
    if (name == "idle")
      times.idle = read_duration(value);
    else if (name == "total")
      times.total = read_duration(value);
    else if constexpr (std::is_same_v<Options, call_tool>)
      x.tag = std::stoull(value);
    else
      x.wants_progress = true;
  }
}

/// `list`, or `list prompts`.
offer_kind kind_of_list(const std::string& name) {
  static const std::map<std::string, offer_kind> kinds{
    {"", offer_kind::tools},
    {"resources", offer_kind::resources},
    {"templates", offer_kind::resource_templates},
    {"prompts", offer_kind::prompts}};
  return kinds.at(name);
}

} // namespace

// -- steps -------------------------------------------------------------------

void dialogue_player::on_line(size_t index) {
  const auto& x = *line_;
  if (x.verb.substr(0, 2) == "<-")
    return hear(index);
  if (x.verb.substr(0, 2) == "->")
    return expect_frame(x.verb.substr(2) + " " + x.rest);
  if (x.verb == "by")
    return expect_order(x.rest);
  if (x.verb == "=")
    return expect(x.rest);
  expect_no_more();
  if (x.verb.front() == '<')
    return hear_exchange(x.verb.substr(1), x.rest);
  if (x.verb == "set")
    return set_option(x.rest);
  if (x.verb == "start") {
    testee_ = std::make_unique<session>(options_);
    return testee_->start(now_, events_);
  }
  if (x.verb == "@")
    return pass_time(x.rest);
  if (x.verb == "call")
    return call(x.rest);
  if (x.verb == "request")
    return request(x.rest);
  if (x.verb == "list")
    return opened(testee_->list(kind_of_list(x.rest), now_, events_));
  if (x.verb == "close")
    return close(x.rest);
  if (x.verb == "give" || x.verb == "refuse")
    return give_input(x.verb == "give", x.rest);
  std::istringstream args{x.rest};
  uint64_t ticket = 0;
  args >> ticket;
  if (x.verb == "abandon")
    testee_->abandon(ticket, rest_of(args), events_);
  else if (x.verb == "forget")
    testee_->forget(ticket);
  else
    fail("there is no such step");
  open_.erase(ticket);
}

void dialogue_player::set_option(const std::string& text) {
  std::istringstream in{text};
  std::string name, value;
  in >> name >> value;
  static const std::map<std::string, dialect_choice> choices{
    {"automatic", dialect_choice::automatic},
    {"legacy", dialect_choice::legacy},
    {"modern", dialect_choice::modern}};
  static const std::map<std::string, known_dialect> known{
    {"unknown", known_dialect::unknown},
    {"legacy", known_dialect::legacy},
    {"legacy_mute", known_dialect::legacy_mute},
    {"modern", known_dialect::modern},
    {"legacy_sse", known_dialect::legacy_sse}};
  static const std::map<std::string, wire_kind> wires{
    {"lines", wire_kind::lines},
    {"http", wire_kind::streamable_http},
    {"sse", wire_kind::http_sse}};
  static const std::map<std::string, milliseconds server_timeouts::*> times{
    {"probe", &server_timeouts::probe},
    {"call_idle", &server_timeouts::call_idle},
    {"call_total", &server_timeouts::call_total},
    {"ping_after_idle", &server_timeouts::ping_after_idle},
    {"ping", &server_timeouts::ping}};
  if (name == "can")
    return set_capabilities(text);
  if (name == "dialect")
    options_.dialect = choices.at(value);
  else if (name == "known")
    options_.known = known.at(value);
  else if (name == "wire")
    options_.wire = wires.at(value);
  else if (name == "frame_bytes_max")
    options_.limits.frame_bytes_max = std::stoull(value);
  else if (name == "client")
    options_.client = {value, rest_of(in), "1"};
  else
    options_.timeouts.*times.at(name) = read_duration(value);
}

// As a timer would: each deadline on its own, none asked for twice.
void dialogue_player::pass_time(const std::string& text) {
  auto target = now_ + read_duration(text);
  for (auto due = testee_->next_deadline(); due && *due <= target;) {
    now_ = std::max(now_, *due);
    testee_->on_time(now_, events_);
    auto next = testee_->next_deadline();
    if (next && *next <= now_)
      fail("the session is due again at once");
    due = next;
  }
  now_ = target;
  // A timer may come when nothing is due; then nothing happens.
  testee_->on_time(now_, events_);
  account(accounted_);
}

void dialogue_player::hear(size_t index) {
  if (index < heard_until_)
    return;
  expect_no_more();
  heard_until_ = end_of_lump(index);
  std::vector<std::string> frames;
  for (auto i = index; i < heard_until_; ++i)
    if (script_.lines[i].verb.substr(0, 2) == "<-")
      add_frames(script_.lines[i], frames);
  testee_->on_frames(std::move(frames), now_, events_);
  account(accounted_);
}

void dialogue_player::add_frames(const dialogue_line& x,
                                 std::vector<std::string>& to) {
  std::string frame = x.verb == "<-x" ? unescape(x.rest) : x.rest;
  auto times = x.verb.size() > 3 ? std::stoul(x.verb.substr(3)) : 1;
  ++frames_;
  bytes_ = frame.size();
  if (frames_ >= play_.frames) {
    cut_ = true;
    frame.resize(std::min(frame.size(), play_.bytes));
  }
  to.insert(to.end(), times, frame);
}

void dialogue_player::call(const std::string& text) {
  auto gap = text.find(' ');
  auto name = text.substr(0, gap);
  auto [args, options] =
    split_json(gap == text.npos ? "" : text.substr(gap + 1));
  call_tool what;
  what.name = name;
  what.arguments = args;
  auto times = usual_times();
  read_options(what, times, options);
  opened(testee_->call_tool(what, times, now_, events_));
}

void dialogue_player::request(const std::string& text) {
  auto gap = text.find(' ');
  auto [params, rest] =
    split_json(gap == text.npos ? "" : text.substr(gap + 1));
  session::request_options options;
  auto times = usual_times();
  read_options(options, times, rest);
  opened(testee_->request(text.substr(0, gap), params, options, times, now_,
                          events_));
}

/// The owner of a session works out the times of each request.
request_times dialogue_player::usual_times() const {
  return {options_.timeouts.call_idle, options_.timeouts.call_total};
}

/// Dialogues name one version of the client, whatever the project's is.
session_options dialogue_player::usual_options() {
  session_options result;
  result.client = {"troupe", "", "0.1.0"};
  return result;
}

void dialogue_player::close(const std::string& text) {
  std::istringstream in{text};
  std::vector<uint64_t> expected;
  for (uint64_t ticket = 0; in >> ticket;)
    expected.push_back(ticket);
  if (expected != std::vector<uint64_t>{open_.begin(), open_.end()})
    fail("other tickets are open");
  if (testee_->close() != expected)
    fail("close names other tickets");
  open_.clear();
  closed_ = true;
}

} // namespace troupe::test

#include "troupe/tests/actors/session/dialogue.hpp"

#include "troupe/tests/support/same_json.hpp"

#include <sstream>

namespace troupe::test {

namespace {

std::string rest_of(std::istream& in) {
  std::string result;
  std::getline(in >> std::ws, result);
  return result;
}

template <class T>
T read(std::istream& in) {
  T result{};
  in >> result;
  return result;
}

std::string_view name_of(session::stage x) {
  static constexpr std::string_view names[]{"fresh", "probing", "initializing",
                                            "ready", "failed",  "closed"};
  return names[static_cast<size_t>(x)];
}

std::string_view name_of(known_dialect x) {
  static constexpr std::string_view names[]{"unknown", "legacy", "legacy_mute",
                                            "modern", "legacy_sse"};
  return names[static_cast<size_t>(x)];
}

std::string_view name_of(diagnostic::kind x) {
  static constexpr std::string_view names[]{"stderr_line", "stdout_noise",
                                            "protocol_fault", "unkillable",
                                            "server_log"};
  return names[static_cast<size_t>(x)];
}

std::string name_of(offer_kind x) {
  static const std::string names[]{"", "resources", "templates", "prompts"};
  return names[static_cast<size_t>(x)];
}

/// Names or URIs.
std::vector<std::string> names_in(const offer_list& list) {
  std::vector<std::string> result;
  if (auto tools = std::get_if<tool_list>(&list))
    for (const auto& x : tools->tools)
      result.push_back(x.name);
  else if (auto resources = std::get_if<resource_list>(&list))
    for (const auto& x : resources->resources)
      result.push_back(x.uri);
  else if (auto templates = std::get_if<resource_template_list>(&list))
    for (const auto& x : templates->templates)
      result.push_back(x.uri_template);
  else
    for (const auto& x : std::get<prompt_list>(list).prompts)
      result.push_back(x.name);
  return result;
}

/// What an event is, for a message.
std::string describe(const session_event& x) {
  if (auto frame = std::get_if<send_frame>(&x))
    return "sent " + frame->frame;
  if (auto remark = std::get_if<session_remark>(&x))
    return "remarked " + remark->text;
  if (auto failed = std::get_if<session_failed>(&x))
    return "failed: " + failed->why.text;
  static constexpr const char* names[]{
    "sent",           "dropped",     "is ready",   "failed",
    "answered",       "listed",      "progressed", "overdue",
    "offers changed", "wants input", "wants none", "remarked"};
  return names[x.index()];
}

} // namespace

// -- expectations ------------------------------------------------------------

template <class T>
void dialogue_player::same(const T& is, const T& expected) const {
  if (is == expected)
    return;
  std::ostringstream text;
  text << "is \"" << is << "\", expected \"" << expected << '"';
  fail(text.str());
}

template <class T>
const T& dialogue_player::next_event(const char* name) {
  if (next_event_ == events_.size())
    fail(std::string{"nothing happened, expected: "} + name);
  auto x = std::get_if<T>(&events_[next_event_]);
  if (!x)
    fail(std::string{"expected: "} + name + ", but the session "
         + describe(events_[next_event_]));
  ++next_event_;
  return *x;
}

void dialogue_player::expect_frame(const std::string& text) {
  const auto& x = next_event<send_frame>("a frame");
  last_order_ = x.order;
  uint64_t ticket = 0;
  auto begin = text.find_first_not_of(' ');
  if (text.substr(begin) == "GET") {
    if (!x.frame.empty() || !x.order)
      fail("sent instead: " + x.frame);
    return;
  }
  if (text[begin] == '(') {
    ticket = std::stoull(text.substr(begin + 1));
    begin = text.find(')') + 1;
  }
  auto expected = json::parse(text.substr(begin));
  auto sent = json::parse(x.frame);
  if (!expected.ok())
    fail("this is no JSON: " + expected.error.text());
  if (!sent.ok() || x.frame.find('\n') != x.frame.npos
      || !same_json(sent.value, expected.value))
    fail("sent instead: " + x.frame);
  if (x.ticket != ticket)
    fail("sent with ticket " + std::to_string(x.ticket));
}

void dialogue_player::expect(const std::string& text) {
  std::istringstream args{text};
  std::string what;
  args >> what;
  if (!expect_event(what, args) && !expect_state(what, args))
    fail("there is no such expectation");
}
void dialogue_player::expect_no_more() {
  if (next_event_ != events_.size())
    fail("before this line, the session also "
         + describe(events_[next_event_]));
}

bool dialogue_player::expect_event(const std::string& what,
                                   std::istream& args) {
  if (what == "ready")
    expect_ready(next_event<session_established>("ready"), args);
  else if (what == "failed")
    expect_failure(next_event<session_failed>("failed").why, args);
  else if (what == "answered")
    expect_answer(next_event<request_answered>("answered"), args);
  else if (what == "error")
    expect_error(next_event<request_answered>("error"), args);
  else if (what == "listed")
    expect_list(next_event<list_ended>("listed"), args);
  else if (what == "progressed")
    expect_progress(next_event<request_progressed>("progressed"), args);
  else if (what == "overdue")
    same(next_event<request_overdue>("overdue").ticket, read<uint64_t>(args));
  else if (what == "dropped")
    same(next_event<drop_exchange>("dropped").id, read<uint64_t>(args));
  else if (what == "changed")
    same(name_of(next_event<offers_changed>("changed").what),
         read<std::string>(args));
  else if (what == "wanted")
    expect_wanted(next_event<input_wanted>("wanted"), args);
  else if (what == "withdrawn")
    same(next_event<input_withdrawn>("withdrawn").key, read<uint64_t>(args));
  else if (what == "remark")
    expect_remark(next_event<session_remark>("remark"), args);
  else
    return false;
  return true;
}

bool dialogue_player::expect_state(const std::string& what,
                                   std::istream& args) {
  const auto& counts = testee_->counts();
  if (what == "phase")
    same(std::string{name_of(testee_->state())}, read<std::string>(args));
  else if (what == "learnt")
    same(std::string{name_of(testee_->learnt())}, read<std::string>(args));
  else if (what == "in_flight")
    same<uint64_t>(testee_->in_flight(), read<uint64_t>(args));
  else if (what == "late")
    same(counts.late_answers, read<uint64_t>(args));
  else if (what == "noise")
    same(counts.noise_lines, read<uint64_t>(args));
  else if (what == "faults")
    same(counts.protocol_faults, read<uint64_t>(args));
  else if (what == "refused")
    same<uint64_t>(last_ticket_, 0);
  else if (what == "next")
    expect_deadline(read<std::string>(args));
  else
    return false;
  return true;
}

// -- events, one by one ------------------------------------------------------

void dialogue_player::expect_ready(const session_established& x,
                                   std::istream& args) {
  same(x.version, read<std::string>(args));
  same(std::string{name_of(x.dialect)}, read<std::string>(args));
  if (auto name = read<std::string>(args); !name.empty())
    same(x.server.name, name);
  if (auto text = rest_of(args); !text.empty())
    same(x.instructions, text);
}

void dialogue_player::expect_failure(const failure& x, std::istream& args) {
  same(std::string{to_string(x.code)}, read<std::string>(args));
  if (auto text = rest_of(args); x.text.find(text) == x.text.npos)
    fail("its text is: " + x.text);
}

void dialogue_player::expect_answer(const request_answered& x,
                                    std::istream& args) {
  same(x.ticket, read<uint64_t>(args));
  if (x.error)
    fail("the answer is a failure: " + x.error.text);
  if (!same_json(x.result, json::parse(rest_of(args)).value))
    fail("the answer is " + std::string{x.result.text()});
}

void dialogue_player::expect_error(const request_answered& x,
                                   std::istream& args) {
  same(x.ticket, read<uint64_t>(args));
  same(std::string{to_string(x.error.what_became)}, read<std::string>(args));
  auto code = read<std::string>(args);
  same(std::string{to_string(x.error.code)}, code);
  if (x.error.code == errc::server_error)
    same(x.error.server_code, read<int64_t>(args));
  auto text = rest_of(args);
  auto said = x.error.text + " " + std::string{x.error.server_data.text()};
  if (said.find(text) == said.npos)
    fail("its text is: " + said);
}

// Names, then each behind a bar the rejected items, and why the list was cut.
void dialogue_player::expect_list(const list_ended& x, std::istream& args) {
  same(x.ticket, read<uint64_t>(args));
  auto expected = rest_of(args);
  auto remarks = [](auto& list) {
    auto result = list.rejected;
    if (!list.cut.empty())
      result.push_back(list.cut);
    return result;
  };
  std::string said;
  if (!x.list.ok())
    said = "failed " + std::string{to_string(x.list.error.code)};
  for (const auto& name : names_in(x.list.value))
    said += (said.empty() ? "" : " ") + name;
  for (const auto& text : std::visit(remarks, x.list.value))
    said += (said.empty() ? "| " : " | ") + text;
  same(said, expected);
}

void dialogue_player::expect_progress(const request_progressed& x,
                                      std::istream& args) {
  same(x.ticket, read<uint64_t>(args));
  same(x.progress, read<double>(args));
  same(x.total, read<double>(args));
  same(x.message, rest_of(args));
}

void dialogue_player::expect_remark(const session_remark& x,
                                    std::istream& args) {
  same(std::string{name_of(x.what)}, read<std::string>(args));
  if (auto text = rest_of(args); x.text.find(text) == x.text.npos)
    fail("its text is: " + x.text);
}

void dialogue_player::expect_deadline(const std::string& text) {
  auto due = testee_->next_deadline();
  std::string said = "never";
  if (due)
    said = std::to_string(
             std::chrono::duration_cast<milliseconds>(*due - now_).count())
           + "ms";
  same(said, text);
}

} // namespace troupe::test

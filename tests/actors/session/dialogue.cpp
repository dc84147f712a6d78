#include "troupe/tests/actors/session/dialogue.hpp"

#include "troupe/tests/support/same_json.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace troupe::test {

namespace {

/// `$name` stands for the text of `let name text`.
std::string substitute(std::string text,
                       const std::map<std::string, std::string>& names) {
  for (const auto& [name, value] : names)
    for (auto pos = text.find("$" + name); pos != text.npos;
         pos = text.find("$" + name, pos + value.size()))
      text.replace(pos, name.size() + 1, value);
  return text;
}

std::string trim(const std::string& text) {
  auto begin = text.find_first_not_of(" \t\r");
  auto end = text.find_last_not_of(" \t\r");
  return begin == text.npos ? "" : text.substr(begin, end - begin + 1);
}

struct reader {
  dialogue result;
  std::map<std::string, std::string> names;

  void read(const std::filesystem::path& path, bool included) {
    std::ifstream in{path};
    if (!in)
      throw std::runtime_error("cannot read " + path.string());
    std::string text;
    for (size_t number = 1; std::getline(in, text); ++number) {
      auto place =
        path.filename().string() + ":" + std::to_string(number) + ": ";
      read_line(trim(text), place, path, included);
    }
  }

  void read_line(const std::string& text, const std::string& place,
                 const std::filesystem::path& path, bool included) {
    if (text.empty())
      return;
    if (text.front() == '#') {
      if (result.title.empty() && !included)
        result.title = trim(text.substr(1));
      return;
    }
    auto end = text.find(' ');
    auto verb = text.substr(0, end);
    auto rest = end == text.npos ? "" : trim(text.substr(end));
    if (verb == "include") {
      read(path.parent_path() / rest, true);
    } else if (verb == "let") {
      auto gap = rest.find(' ');
      names[rest.substr(0, gap)] = substitute(trim(rest.substr(gap)), names);
    } else {
      result.lines.push_back({verb, substitute(rest, names), place});
    }
  }
};

} // namespace

dialogue read_dialogue(const std::string& path) {
  reader in;
  in.read(path, false);
  return std::move(in.result);
}

// -- playing -----------------------------------------------------------------

dialogue_player::dialogue_player(const dialogue& script, play_options options)
  : script_(script), play_(options) {
  // A point in time that is not the clock's zero.
  now_ += std::chrono::hours{1};
}

void dialogue_player::play() {
  for (size_t i = 0; i < script_.lines.size() && !cut_; ++i) {
    line_ = &script_.lines[i];
    on_line(i);
  }
  if (!cut_)
    expect_no_more();
  expect_quiet_end();
}

// A lump ends where something other than a frame or what comes of it is next.
size_t dialogue_player::end_of_lump(size_t index) const {
  static const std::set<std::string> states{"phase",  "next",   "in_flight",
                                            "late",   "noise",  "faults",
                                            "learnt", "refused"};
  if (!play_.lumped)
    return index + 1;
  auto end = index + 1;
  for (auto i = end; i < script_.lines.size(); ++i) {
    const auto& x = script_.lines[i];
    auto what = x.rest.substr(0, x.rest.find(' '));
    if (x.verb.substr(0, 2) == "<-")
      end = i + 1;
    else if (x.verb.substr(0, 2) != "->"
             && (x.verb != "=" || states.count(what) != 0))
      break;
  }
  return end;
}

// Terminal answers are counted as they come, whether the text expects them or
// not.
void dialogue_player::account(size_t from) {
  for (auto i = from; i < events_.size(); ++i) {
    if (auto x = std::get_if<request_answered>(&events_[i]))
      ended(x->ticket);
    else if (auto y = std::get_if<list_ended>(&events_[i]))
      ended(y->ticket);
  }
  accounted_ = events_.size();
}

void dialogue_player::opened(uint64_t ticket) {
  last_ticket_ = ticket;
  if (ticket != 0 && !open_.insert(ticket).second)
    fail("ticket " + std::to_string(ticket) + " was given twice");
  account(accounted_);
}

void dialogue_player::ended(uint64_t ticket) {
  if (open_.erase(ticket) == 0)
    fail("ticket " + std::to_string(ticket)
         + " has a second end, or none began");
}

// After `close` nothing is open, nothing is said, and no time matters.
void dialogue_player::expect_quiet_end() {
  if (!testee_)
    return;
  if (!closed_) {
    std::vector<uint64_t> expected{open_.begin(), open_.end()};
    if (testee_->close() != expected)
      fail("close names other tickets than those that are open");
  }
  auto before = events_.size();
  for (const auto& x : script_.lines)
    if (x.verb == "<-")
      testee_->on_frames({x.rest}, now_, events_);
  testee_->on_time(now_ + std::chrono::hours{1}, events_);
  auto refused = testee_->list({}, now_, events_) == 0
                 && testee_->call_tool({}, {}, now_, events_) == 0;
  if (events_.size() != before || !refused || testee_->next_deadline()
      || testee_->in_flight() != 0
      || testee_->state() != session::stage::closed)
    fail("the session is not at rest after close");
}

void dialogue_player::fail(const std::string& why) const {
  throw std::runtime_error((line_ ? line_->place : "") + why);
}

} // namespace troupe::test

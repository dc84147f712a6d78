#include "troupe/tests/actors/session/dialogue.hpp"

#include <algorithm>
#include <sstream>

namespace troupe::test {

namespace {

const std::map<std::string, errc> causes{
  {"none", errc::none},
  {"server_error", errc::server_error},
  {"auth_required", errc::auth_required},
  {"connection_lost", errc::connection_lost},
  {"timed_out", errc::timed_out},
  {"protocol_error", errc::protocol_error},
  {"too_large", errc::too_large}};

const std::map<std::string, fate> fates{
  {"not_sent", fate::not_sent},
  {"outcome_unknown", fate::outcome_unknown},
  {"refused", fate::refused}};

void set_field(exchange_news& x, const std::string& word) {
  auto gap = word.find('=');
  auto name = word.substr(0, gap);
  auto value = gap == word.npos ? "" : word.substr(gap + 1);
  if (name == "status")
    x.status = std::stoi(value);
  else if (name == "why")
    x.why = causes.at(value);
  else if (name == "fate")
    x.what_became = fates.at(value);
  else if (name == "session")
    x.had_session = true;
  else if (name == "stream")
    x.was_stream = true;
  else if (name == "after")
    x.last_event_id = value;
  else if (name == "retry")
    x.retry = milliseconds{std::stol(value)};
  else
    throw std::runtime_error("there is no field " + name);
}

exchange_news read_end(uint64_t id, std::string text) {
  exchange_news x;
  x.id = id;
  x.ended = true;
  if (auto bar = text.find(" | "); bar != text.npos) {
    x.body = text.substr(bar + 3);
    text.resize(bar);
  }
  std::istringstream in{text};
  for (std::string word; in >> word;)
    set_field(x, word);
  if (x.why != errc::none)
    x.text = "HTTP " + std::to_string(x.status);
  return x;
}

std::string describe(const exchange_order& x) {
  static constexpr const char* kinds[]{"post", "stream", "endpoint"};
  auto text = std::to_string(x.id) + " " + kinds[static_cast<size_t>(x.what)];
  if (x.owes_answer)
    text += " owes";
  if (x.opens_session)
    text += " session";
  if (x.long_lived)
    text += " long";
  if (!x.last_event_id.empty())
    text += " after=" + x.last_event_id;
  for (const auto& [name, value] : x.headers) {
    text += " " + name + "=";
    std::replace_copy(value.begin(), value.end(), std::back_inserter(text), ' ',
                      '_');
  }
  return text;
}

} // namespace

void dialogue_player::hear_exchange(const std::string& how,
                                    const std::string& text) {
  auto gap = text.find(' ');
  auto id = std::stoull(text.substr(0, gap));
  auto rest = gap == text.npos ? "" : text.substr(gap + 1);
  exchange_news x;
  if (how == "!")
    x = read_end(id, rest);
  else if (how == "e")
    x.endpoint_known = true;
  else if (how != "s")
    add_frames({"<-", rest, line_->place}, x.frames);
  x.id = id;
  if (how == ".") {
    x.ended = true;
    x.status = 200;
  }
  testee_->on_exchange(std::move(x), now_, events_);
  account(accounted_);
}

void dialogue_player::expect_order(const std::string& text) {
  auto said = last_order_ ? describe(*last_order_) : "(as a line)";
  if (said != text)
    fail("was ordered: " + said);
}

} // namespace troupe::test

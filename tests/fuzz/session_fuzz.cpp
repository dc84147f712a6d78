// Covers actors/session.
// A session with a server that says anything, at any time: every ticket has one
// end, and nothing happens after the end.
//
// The first two bytes choose the dialect; then each line is a step:
//   <FRAME  a frame; `@0` to `@9` in it are the ids of the last requests
//   cNAME, rMETHOD, l   a call, a request, a list of tools
//   a, f    gives up, or forgets, an open ticket
//   tN      lets N * 100 ms pass
//   x       closes

#include "troupe/actors/session/session.hpp"
#include "troupe/tests/fuzz/target.hpp"

#include <charconv>
#include <set>

using namespace troupe;
using fuzz::require;

namespace {

constexpr request_times times{defaults::call_idle_timeout,
                              defaults::call_total_timeout};

class player {
public:
  explicit player(session_options options) : testee_(std::move(options)) {
    testee_.start(now_, events_);
    take_events();
  }

  void step(std::string_view line) {
    auto rest = line.substr(std::min<size_t>(line.size(), 1));
    switch (line.empty() ? '\0' : line.front()) {
      case '<': on_frame(rest); break;
      case 'c': call(rest); break;
      case 'r': request(rest); break;
      case 'l': opened(testee_.list(offer_kind::tools, now_, events_)); break;
      case 'a':
      case 'f': give_up(line.front() == 'a'); break;
      case 't': pass(rest); break;
      case 'x': close(); break;
      default: break;
    }
    take_events();
    observe();
  }

  void close() {
    auto left = testee_.close();
    require(std::set<uint64_t>(left.begin(), left.end()) == open_,
            "close names what is open");
    require(std::is_sorted(left.begin(), left.end()), "in order");
    open_.clear();
  }

private:
  void on_frame(std::string_view text) {
    std::string frame;
    for (size_t i = 0; i < text.size(); ++i) {
      auto is_id = text[i] == '@' && i + 1 < text.size() && text[i + 1] >= '0'
                   && text[i + 1] <= '9';
      if (is_id)
        frame += id_before(static_cast<size_t>(text[++i] - '0'));
      else
        frame += text[i];
    }
    testee_.on_frames({std::move(frame)}, now_, events_);
  }

  std::string id_before(size_t back) const {
    return back < ids_.size() ? ids_[ids_.size() - 1 - back] : "0";
  }

  void call(std::string_view name) {
    troupe::call_tool what;
    what.name = name;
    what.tag = name.size() % 2;
    if (name.size() % 3 == 0)
      what.arguments = json::trusted(R"({"a":[1]})");
    opened(testee_.call_tool(what, times, now_, events_));
  }

  void request(std::string_view method) {
    session::request_options options;
    options.wants_progress = method.size() % 2 == 0;
    opened(testee_.request(method, {}, options, times, now_, events_));
  }

  void opened(uint64_t ticket) {
    auto ready = testee_.state() == session::stage::ready;
    require(ready || ticket == 0, "only a ready session sends");
    require(ticket == 0 || open_.insert(ticket).second, "tickets are unique");
  }

  void give_up(bool aloud) {
    if (open_.empty())
      return;
    auto ticket = *open_.begin();
    open_.erase(open_.begin());
    if (aloud)
      testee_.abandon(ticket, "why not", events_);
    else
      testee_.forget(ticket);
  }

  void pass(std::string_view digits) {
    unsigned steps = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), steps);
    now_ += std::chrono::milliseconds{100} * std::min(steps, 100'000u);
    testee_.on_time(now_, events_);
    auto next = testee_.next_deadline();
    require(!next || *next > now_, "what was due is done");
  }

  void take_events() {
    for (auto& event : events_)
      std::visit([this](auto& x) { on_event(x); }, event);
    events_.clear();
  }

  void on_event(const send_frame& x) {
    require(x.frame.find('\n') == std::string::npos, "a frame is one line");
    auto frame = json_rpc::parse(x.frame);
    require(frame.messages.size() == 1, "we send messages, one at a time");
    if (auto sent = std::get_if<json_rpc::request>(&frame.messages.front()))
      ids_.push_back(std::get_if<int64_t>(&sent->id)
                       ? json_rpc::to_string(sent->id)
                       : '"' + json_rpc::to_string(sent->id) + '"');
  }
  void on_event(const request_answered& x) {
    require(open_.erase(x.ticket) == 1, "an answer is for an open ticket");
  }
  void on_event(const list_ended& x) {
    require(open_.erase(x.ticket) == 1, "a list is for an open ticket");
  }
  void on_event(const request_overdue& x) {
    require(open_.count(x.ticket) == 1, "only what is open is overdue");
  }
  void on_event(const request_progressed& x) {
    require(open_.count(x.ticket) == 1, "only what is open makes progress");
  }
  void on_event(const session_failed& x) {
    require(x.why.code != errc::none, "a failure has a reason");
  }
  template <class Event>
  void on_event(const Event&) {
    // nop
  }

  void observe() const {
    require(testee_.in_flight() <= open_.size() + ids_.size(),
            "what is in flight was sent");
    testee_.learnt();
  }

  session::time_point now_{std::chrono::hours{1}};
  session_events events_;
  std::set<uint64_t> open_;
  std::vector<std::string> ids_; // of requests that were sent, as JSON
  session testee_;
};

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  fuzz::source in{bytes, size};
  session_options options;
  options.dialect = static_cast<dialect_choice>(in.number() % 3);
  options.known = static_cast<known_dialect>(in.number() % 4);
  player player{options};
  while (!in.empty())
    player.step(in.line());
  player.close();
  return 0;
}

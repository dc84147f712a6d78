#pragma once

#include "troupe/actors/session/session.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

/// Dialogues between a session and its server, kept as text in
/// tests/dialogues/*.txt (their form: tests/dialogues/README.md).
namespace troupe::test {

/// One line of a dialogue.
struct dialogue_line {
  /// `->`, `<-`, `@`, `=`, or a command's name.
  std::string verb;
  std::string rest;
  /// File and number.
  std::string place;
};

struct dialogue {
  /// The first line of the prose.
  std::string title;
  std::vector<dialogue_line> lines;
};

/// Throws if there is no such file or a line makes no sense.
dialogue read_dialogue(const std::string& path);

/// How a dialogue is played.
struct play_options {
  static constexpr size_t all = SIZE_MAX;

  /// Hands over inbound frames that follow one another in one piece.
  bool lumped = false;
  /// The connection ends after so many inbound frames.
  size_t frames = all;
  /// Of the last one, only so many bytes arrive.
  size_t bytes = all;
};

/// Plays one dialogue against a session. What differs from the text is thrown
/// as a sentence with file and line. After the end, or where it is cut, the
/// session is closed, and each ticket must have come to exactly one end.
class dialogue_player {
public:
  explicit dialogue_player(const dialogue& script, play_options options = {});

  void play();

  /// Inbound frames so far, and the size of the last one.
  size_t frames() const {
    return frames_;
  }
  size_t bytes() const {
    return bytes_;
  }

private:
  using time_point = session::time_point;

  // -- lines (dialogue_lines.cpp)

  void on_line(size_t index);
  void set_option(const std::string& text);
  void pass_time(const std::string& text);
  void hear(size_t index);
  void add_frames(const dialogue_line& x, std::vector<std::string>& to);
  void call(const std::string& text);
  void request(const std::string& text);
  request_times usual_times() const;
  static session_options usual_options();
  void close(const std::string& text);
  void give_input(bool good, const std::string& text);
  void set_capabilities(const std::string& names);
  void opened(uint64_t ticket);
  void ended(uint64_t ticket);

  // -- over HTTP (dialogue_http.cpp)

  void hear_exchange(const std::string& how, const std::string& text);
  void expect_order(const std::string& text);

  // -- expectations (dialogue_checks.cpp)

  void expect_frame(const std::string& text);
  void expect(const std::string& text);
  bool expect_event(const std::string& what, std::istream& args);
  bool expect_state(const std::string& what, std::istream& args);
  void expect_no_more();
  void expect_quiet_end();
  void expect_ready(const session_established& x, std::istream& args);
  void expect_failure(const failure& x, std::istream& args);
  void expect_answer(const request_answered& x, std::istream& args);
  void expect_error(const request_answered& x, std::istream& args);
  void expect_list(const list_ended& x, std::istream& args);
  void expect_progress(const request_progressed& x, std::istream& args);
  void expect_wanted(const input_wanted& x, std::istream& args);
  void expect_remark(const session_remark& x, std::istream& args);
  void expect_deadline(const std::string& text);
  template <class T>
  void same(const T& is, const T& expected) const;
  template <class T>
  const T& next_event(const char* name);
  size_t end_of_lump(size_t index) const;

  void account(size_t from);
  [[noreturn]] void fail(const std::string& why) const;

  const dialogue& script_;
  play_options play_;
  session_options options_ = usual_options();
  std::unique_ptr<session> testee_;
  time_point now_;
  session_events events_;
  size_t next_event_ = 0;
  size_t accounted_ = 0;
  /// Lines before this one have been handed over.
  size_t heard_until_ = 0;
  std::set<uint64_t> open_;
  uint64_t last_ticket_ = 0;
  exchange_order_ptr last_order_;
  size_t frames_ = 0;
  size_t bytes_ = 0;
  bool cut_ = false;
  bool closed_ = false;
  const dialogue_line* line_ = nullptr;
};

} // namespace troupe::test

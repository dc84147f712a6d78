#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe {

/// What RapidJSON's reader reads from. It believes that strings are decoded in
/// place, and asks where to put them (`PutBegin`): at that moment the stream
/// leaps over the string's content, 16 bytes at a time, so that nothing is
/// copied and no byte of a string goes through the reader. It stops early at
/// what is wrong; the reader then finds the fault there by itself. Internal to
/// `json`.
class text_stream {
public:
  using Ch = char;

  explicit text_stream(const std::string& text)
    : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {
    // nop
  }

  char Peek() const {
    return *at_;
  }
  char Take() {
    return *at_++;
  }
  size_t Tell() const {
    return static_cast<size_t>(at_ - begin_);
  }
  char* PutBegin() {
    auto head = at_;
    if (at_ != begin_ && at_[-1] == '"') // else it is a number
      skip_content();
    return const_cast<char*>(head);
  }
  void Put(char) {
    // nop
  }
  void Flush() {
    // nop
  }
  size_t PutEnd(const char* head) const {
    return static_cast<size_t>(at_ - head);
  }

  void skip_space() {
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')
      ++at_;
  }
  bool at_end() const {
    return at_ == end_;
  }
  std::string_view text() const {
    return {begin_, static_cast<size_t>(end_ - begin_)};
  }
  /// Whether the string that was read last holds escapes.
  bool escaped() const {
    return escaped_;
  }
  /// Where the text stops being UTF-8; null where it does not.
  const char* fault() const {
    return fault_;
  }

private:
  void skip_content();
  bool skip_wide();

  const char* begin_;
  const char* at_;
  const char* end_;
  const char* fault_ = nullptr;
  bool escaped_ = false;
};

} // namespace troupe

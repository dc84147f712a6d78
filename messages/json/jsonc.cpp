#include "troupe/messages/json/jsonc.hpp"

#include <algorithm>
#include <string_view>

namespace troupe {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool ends_value(char c) {
  return c != '\0' && c != '[' && c != '{' && c != ',' && c != ':';
}

class cleaner {
public:
  explicit cleaner(std::string& text) : text_(text) {
    // nop
  }

  void run() {
    while (at_ < text_.size()) {
      if (text_[at_] == '"')
        skip_string();
      else if (text_[at_] == '/')
        on_slash();
      else if (is_space(text_[at_]))
        ++at_;
      else
        on_token();
    }
  }

private:
  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\')
        ++at_;
    at_ = std::min(at_ + 1, text_.size());
    last_ = '"';
  }

  void on_slash() {
    auto rest = std::string_view{text_}.substr(at_);
    auto end = std::string_view::npos;
    if (rest.starts_with("//"))
      end = std::min(rest.find('\n'), rest.size());
    else if (rest.starts_with("/*") && (end = rest.find("*/", 2)) != rest.npos)
      end += 2;
    if (end == std::string_view::npos)
      return on_token();
    for (auto last = at_ + end; at_ < last; ++at_)
      if (!is_space(text_[at_]))
        text_[at_] = ' ';
  }

  void on_token() {
    auto c = text_[at_];
    if ((c == ']' || c == '}') && last_ == ',' && comma_ends_value_)
      text_[comma_] = ' ';
    if (c == ',') {
      comma_ends_value_ = ends_value(last_);
      comma_ = at_;
    }
    last_ = c;
    ++at_;
  }

  std::string& text_;
  size_t at_ = 0;
  char last_ = '\0'; // the last one that is neither space nor in a comment
  size_t comma_ = 0;
  bool comma_ends_value_ = false;
};

} // namespace

std::string without_comments(std::string text) {
  cleaner{text}.run();
  return text;
}

} // namespace troupe

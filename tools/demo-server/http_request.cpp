#include "troupe/tools/demo-server/http_request.hpp"

#include "troupe/messages/header_text.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::demo {

namespace {

/// The number that the text begins with, and where it ends; nothing if none.
std::optional<std::pair<size_t, size_t>> number_in(std::string_view x,
                                                   int base) {
  size_t value = 0;
  auto [end, error] =
    std::from_chars(x.data(), x.data() + x.size(), value, base);
  if (error != std::errc{})
    return std::nullopt;
  return std::pair{value, static_cast<size_t>(end - x.data())};
}

} // namespace

// -- http_request -------------------------------------------------------------

const std::string* http_request::header(std::string_view name) const {
  for (auto& [key, value] : headers)
    if (same_letters(key, name))
      return &value;
  return nullptr;
}

std::string_view http_request::path() const {
  return std::string_view{target}.substr(0, target.find('?'));
}

std::string_view http_request::query(std::string_view name) const {
  auto rest = std::string_view{target}.substr(path().size());
  while (!rest.empty()) {
    rest.remove_prefix(1);
    auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(pair.size());
    auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name)
      return pair.substr(equals + 1);
  }
  return {};
}

// -- http_reader --------------------------------------------------------------

void http_reader::feed(std::string_view bytes) {
  if (done_ == buffer_.size()) {
    buffer_.clear();
    done_ = scanned_ = 0;
  }
  if (refusal_ == 0)
    buffer_ += bytes;
}

std::optional<http_request> http_reader::take() {
  if (refusal_ != 0 || (!in_body_ && !read_head()) || !read_body())
    return std::nullopt;
  in_body_ = false;
  scanned_ = done_;
  auto result = std::move(next_);
  next_ = {};
  return result;
}

int http_reader::refusal() const {
  return refusal_;
}

size_t http_reader::buffered() const {
  return buffer_.size() - done_;
}

// -- steps --------------------------------------------------------------------

bool http_reader::read_head() {
  auto end = buffer_.find("\r\n\r\n", scanned_);
  auto bytes = (end == std::string::npos ? buffer_.size() : end) - done_;
  if (bytes > head_bytes_max)
    return refuse(431);
  if (end == std::string::npos) {
    scanned_ =
      std::max(done_, buffer_.size() - std::min<size_t>(buffer_.size(), 3));
    return false;
  }
  auto rest = std::string_view{buffer_}.substr(done_, bytes);
  for (bool first = true; first || !rest.empty(); first = false) {
    auto line = rest.substr(0, rest.find("\r\n"));
    if (!read_line(line))
      return refuse(400);
    rest.remove_prefix(std::min(rest.size(), line.size() + 2));
  }
  done_ = end + 4;
  in_body_ = true;
  return read_framing();
}

bool http_reader::read_line(std::string_view line) {
  if (!next_.method.empty()) {
    auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0)
      return false;
    next_.headers.emplace_back(line.substr(0, colon),
                               trimmed(line.substr(colon + 1)));
    return true;
  }
  auto first = line.find(' ');
  auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || last <= first + 1)
    return false;
  next_.method = line.substr(0, first);
  next_.target = line.substr(first + 1, last - first - 1);
  next_.keep_alive = line.substr(last + 1) == "HTTP/1.1";
  return line.substr(last + 1).starts_with("HTTP/1.");
}

bool http_reader::read_framing() {
  length_ = 0;
  chunked_ = false;
  if (auto x = next_.header("Connection"); x && same_letters(*x, "close"))
    next_.keep_alive = false;
  if (auto x = next_.header("Transfer-Encoding")) {
    chunked_ = same_letters(*x, "chunked");
    return chunked_ || refuse(501);
  }
  if (auto x = next_.header("Content-Length")) {
    auto number = number_in(*x, 10);
    if (!number || number->second != x->size())
      return refuse(400);
    length_ = number->first;
  }
  return length_ <= body_bytes_max || refuse(413);
}

bool http_reader::read_body() {
  if (chunked_)
    return read_chunks();
  if (buffered() < length_)
    return false;
  next_.body.assign(buffer_, done_, length_);
  done_ += length_;
  return true;
}

bool http_reader::read_chunks() {
  for (;;) {
    auto end = buffer_.find("\r\n", done_);
    if (end == std::string::npos)
      return buffered() > 1024 && refuse(400);
    auto size = number_in(std::string_view{buffer_}.substr(done_), 16);
    if (!size)
      return refuse(400);
    if (next_.body.size() + size->first > body_bytes_max)
      return refuse(413);
    if (buffer_.size() < end + 2 + size->first + 2)
      return false;
    next_.body.append(buffer_, end + 2, size->first);
    done_ = end + 2 + size->first + 2; // trailers are not expected
    if (size->first == 0)
      return true;
  }
}

bool http_reader::refuse(int status) {
  refusal_ = status;
  return false;
}

} // namespace troupe::demo

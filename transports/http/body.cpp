#include "troupe/transports/http/body.hpp"

#include "troupe/messages/defaults.hpp"
#include "troupe/messages/header_text.hpp"

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

/// The longest line of a chunk's size and its extensions, which are ignored.
constexpr size_t chunk_line_max = 1024;

/// Takes `Content-Length`. False: the fields differ, or are no number.
bool take_length(const http_head& head, std::optional<uint64_t>& length) {
  for (auto& [name, value] : head.fields) {
    if (!same_letters(name, "Content-Length"))
      continue;
    auto number = uint64_t{0};
    auto end = value.data() + value.size();
    auto [at, error] = std::from_chars(value.data(), end, number);
    if (value.empty() || error != std::errc{} || at != end)
      return false;
    if (length && *length != number)
      return false;
    length = number;
  }
  return true;
}

} // namespace

std::optional<http_body> http_body::of(const http_head& head, bool bodiless) {
  auto result = http_body{};
  if (bodiless || head.status < 200 || head.status == 204 || head.status == 304)
    return result;
  if (head.find("Transfer-Encoding")) {
    if (!same_letters(head.joined("Transfer-Encoding"), "chunked"))
      return std::nullopt;
    result.state_ = state::chunk_size;
    result.doubtful_ = head.find("Content-Length") || head.minor_version == 0;
    return result;
  }
  if (!take_length(head, result.length_))
    return std::nullopt;
  result.left_ = result.length_.value_or(0);
  if (!result.length_)
    result.state_ = state::until_end;
  else if (result.left_ > 0)
    result.state_ = state::length;
  return result;
}

std::string_view http_body::take(std::string_view bytes, size_t& used) {
  auto body = take_some(bytes, used);
  taken_ += used;
  return body;
}

std::string_view http_body::take_some(std::string_view bytes, size_t& used) {
  used = 0;
  while (used < bytes.size() && state_ != state::complete
         && state_ != state::broken) {
    auto rest = bytes.substr(used);
    if (state_ == state::until_end) {
      used = bytes.size();
      return rest;
    }
    if (state_ == state::length || state_ == state::chunk) {
      auto size = static_cast<size_t>(std::min<uint64_t>(left_, rest.size()));
      left_ -= size;
      used += size;
      if (left_ == 0)
        state_ = state_ == state::length ? state::complete : state::chunk_end;
      return rest.substr(0, size);
    }
    take_line_byte(rest.front());
    ++used;
  }
  return {};
}

// -- chunks -------------------------------------------------------------------

void http_body::take_line_byte(char x) {
  if (x == '\n') {
    if (line_.ends_with('\r'))
      line_.pop_back();
    end_line();
    line_.clear();
    return;
  }
  line_ += x;
  auto most = state_ == state::chunk_end ? 1 : chunk_line_max;
  if (state_ == state::trailer)
    most = defaults::http_head_bytes_max - trailer_bytes_;
  if (line_.size() > most)
    state_ = state::broken;
}

void http_body::end_line() {
  if (state_ == state::chunk_size) {
    begin_chunk();
  } else if (state_ == state::chunk_end) {
    state_ = line_.empty() ? state::chunk_size : state::broken;
  } else if (line_.empty()) {
    state_ = state::complete;
  } else {
    // Trailers are dropped: none of them matters to us.
    trailer_bytes_ += line_.size();
  }
}

void http_body::begin_chunk() {
  auto end = line_.data() + line_.size();
  auto [at, error] = std::from_chars(line_.data(), end, left_, 16);
  auto extends = at != end && (*at == ';' || *at == ' ' || *at == '\t');
  if (error != std::errc{} || (at != end && !extends))
    state_ = state::broken;
  else
    state_ = left_ == 0 ? state::trailer : state::chunk;
}

} // namespace troupe

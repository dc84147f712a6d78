#include "troupe/transports/http/sse_parser.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace troupe {

static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// The longest id, or name, of an event; longer ones are ignored.
static constexpr size_t id_bytes_max = 4096;

sse_parser::sse_parser(size_t event_bytes_max)
  : event_bytes_max_(event_bytes_max) {
  // nop
}

/// Up to the first CR or LF, or to the end.
static size_t line_length(std::string_view bytes) {
  auto begin = bytes.data();
  auto lf = static_cast<const char*>(std::memchr(begin, '\n', bytes.size()));
  auto size = lf ? static_cast<size_t>(lf - begin) : bytes.size();
  auto cr = static_cast<const char*>(std::memchr(begin, '\r', size));
  return cr ? static_cast<size_t>(cr - begin) : size;
}

bool sse_parser::feed(std::string_view bytes, std::vector<sse_event>& events) {
  while (!overflowed_ && !bytes.empty()) {
    if (std::exchange(skip_lf_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    auto size = line_length(bytes);
    if (size == bytes.size()) {
      keep(bytes);
      break;
    }
    skip_lf_ = bytes[size] == '\r';
    end_line(bytes.substr(0, size), events);
    bytes.remove_prefix(size + 1);
  }
  return !overflowed_;
}

// -- lines --------------------------------------------------------------------

/// The longest name of a field, its colon and its blank.
static constexpr size_t field_room = 8;

void sse_parser::keep(std::string_view bytes) {
  if (partial_.size() + bytes.size() > event_bytes_max_ + field_room)
    overflow();
  else
    partial_.append(bytes);
}

void sse_parser::end_line(std::string_view tail,
                          std::vector<sse_event>& events) {
  if (partial_.empty()) {
    // The limit is that of lines that come in pieces.
    if (tail.size() > event_bytes_max_ + field_room)
      overflow();
    else
      take_line(tail, events);
    return;
  }
  keep(tail);
  // Released with its memory: a long line may be the only one.
  auto line = std::exchange(partial_, {});
  if (!overflowed_ && !take_data_line(line))
    take_line(line, events);
}

/// A long line is nearly always `data`: its memory becomes the event's.
bool sse_parser::take_data_line(std::string& line) {
  constexpr auto name = std::string_view{"data:"};
  if (has_data_ || !line.starts_with(name))
    return false;
  auto blank = line.size() > name.size() && line[name.size()] == ' ';
  line.erase(0, name.size() + (blank ? 1 : 0));
  first_line_ = false;
  has_data_ = true;
  if (line.size() > event_bytes_max_)
    overflow();
  else
    data_ = std::move(line);
  return true;
}

void sse_parser::take_line(std::string_view line,
                           std::vector<sse_event>& events) {
  if (std::exchange(first_line_, false) && line.starts_with(byte_order_mark))
    line.remove_prefix(byte_order_mark.size());
  auto colon = std::min(line.find(':'), line.size());
  if (line.substr(0, colon) != "data")
    idle_bytes_ += line.size() + defaults::empty_line_bytes;
  if (line.empty()) {
    dispatch(events);
    return;
  }
  auto value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' '))
    value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
}

// -- fields -------------------------------------------------------------------

void sse_parser::take_field(std::string_view name, std::string_view value) {
  if (name == "data")
    add_data(value);
  else if (name == "event" && value.size() <= id_bytes_max)
    name_ = value;
  else if (name == "id" && value.size() <= id_bytes_max
           && value.find('\0') == value.npos)
    new_id_ = value;
  else if (name == "retry")
    take_retry(value);
}

void sse_parser::add_data(std::string_view value) {
  auto size = data_.size() + (has_data_ ? 1 : 0) + value.size();
  if (size > event_bytes_max_) {
    overflow();
    return;
  }
  if (std::exchange(has_data_, true))
    data_ += '\n';
  data_.append(value);
}

void sse_parser::take_retry(std::string_view value) {
  auto wish = uint64_t{0};
  auto end = value.data() + value.size();
  auto [at, error] = std::from_chars(value.data(), end, wish);
  if (value.empty() || at != end || error == std::errc::invalid_argument)
    return;
  auto most = std::chrono::milliseconds{defaults::configured_time_max};
  if (error != std::errc{} || wish > static_cast<uint64_t>(most.count()))
    retry_ = most;
  else
    retry_ = std::chrono::milliseconds{wish};
}

void sse_parser::dispatch(std::vector<sse_event>& events) {
  id_ = new_id_;
  auto event = sse_event{std::exchange(name_, {}), std::exchange(data_, {})};
  has_data_ = false;
  if (event.data.empty())
    return;
  idle_bytes_ -= std::min(idle_bytes_, defaults::event_fields_bytes);
  events.push_back(std::move(event));
}

void sse_parser::overflow() {
  overflowed_ = true;
  std::string{}.swap(partial_);
  std::string{}.swap(data_);
}

} // namespace troupe

#include "troupe/transports/http/wire.hpp"

#include "troupe/messages/defaults.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <httplib.h>

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// A body up to this size is written together with its head.
constexpr size_t one_write_max = 16u << 10;

/// What cpp-httplib reads and writes. It gets a head without fields and a body
/// that ends with the stream: fields and framing are read here, because the
/// library decodes what it finds in a field, takes a connection that is cut in
/// the end of a chunk for the end of the body, and knows no trailers.
class wire_stream : public httplib::Stream {
public:
  /// `room`: for `http_head_bytes_max` bytes, as long as it lives.
  wire_stream(http_channel& channel, const http_deadlines& deadlines,
              http_sink& sink, bool bodiless, char* room)
    : channel_(channel), deadlines_(deadlines), sink_(sink),
      bodiless_(bodiless), sent_before_(channel.sent()), in_(room) {
    // nop
  }

  bool is_readable() const override {
    return true;
  }
  bool is_writable() const override {
    return true;
  }
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  void get_remote_ip_and_port(std::string&, int&) const override {
    // nop
  }
  void get_local_ip_and_port(std::string&, int&) const override {
    // nop
  }
  socket_t socket() const override {
    return channel_.fd();
  }

  bool on_body(const char* bytes, size_t size);
  http_outcome finish();

private:
  bool is_wanted(bool answer);
  bool flush();
  bool put(std::string_view bytes);
  bool read_head();
  bool take_head(size_t size);
  bool judge_head(http_head head);
  bool fill();
  std::string_view unused() const {
    return {in_ + at_, end_ - at_};
  }
  ssize_t read_body(char* to, size_t size);
  bool fail(errc why, std::string text);
  bool end_early();
  std::chrono::milliseconds time_to_keep() const;

  http_channel& channel_;
  const http_deadlines& deadlines_;
  http_sink& sink_;
  const bool bodiless_;
  const uint64_t sent_before_;
  http_outcome outcome_;
  std::string unwritten_;
  net_fault write_fault_;
  // What was read: from `at_` up to `end_` it is not used yet.
  char* const in_;
  size_t at_ = 0;
  size_t end_ = 0;
  std::string plain_head_; // for the library
  size_t plain_at_ = 0;
  http_head head_;
  http_body body_;
  bool begun_ = false; // to write
  bool has_head_ = false;
  bool ended_ = false; // by the server
};

// -- the request --------------------------------------------------------------

ssize_t wire_stream::write(const char* from, size_t size) {
  // Held back: the head is written together with its body.
  if (unwritten_.empty() && !begun_ && size <= one_write_max) {
    unwritten_.assign(from, size);
    return static_cast<ssize_t>(size);
  }
  if (unwritten_.size() + size <= 2 * one_write_max) {
    unwritten_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  if (!flush() || !put({from, size}))
    return -1;
  return static_cast<ssize_t>(size);
}

bool wire_stream::put(std::string_view bytes) {
  if (write_fault_ || channel_.write(bytes, deadlines_.write))
    return true;
  // A server that refuses early may say why before it hangs up: read that.
  write_fault_ = channel_.fault();
  if (write_fault_.why == errc::timed_out)
    outcome_.fault = write_fault_;
  return !outcome_.fault;
}

bool wire_stream::flush() {
  if (outcome_.fault)
    return false;
  if (!begun_ && !sink_.on_writing())
    return fail(errc::cancelled, "cancelled");
  begun_ = true;
  return put(std::exchange(unwritten_, {}));
}

// -- the response -------------------------------------------------------------

ssize_t wire_stream::read(char* to, size_t size) {
  if (!has_head_ && !read_head())
    return -1;
  if (plain_at_ == plain_head_.size())
    return read_body(to, size);
  auto n = std::min(size, plain_head_.size() - plain_at_);
  std::memcpy(to, plain_head_.data() + plain_at_, n);
  plain_at_ += n;
  return static_cast<ssize_t>(n);
}

bool wire_stream::fill() {
  if (at_ == end_)
    at_ = end_ = 0;
  auto room = defaults::http_head_bytes_max - end_;
  auto n = channel_.read(in_ + end_, room, deadlines_.read);
  if (n < 0)
    return fail(channel_.fault().why, channel_.fault().text);
  if (n == 0)
    ended_ = true;
  else
    outcome_.answered = true;
  end_ += static_cast<size_t>(n);
  return n > 0;
}

bool wire_stream::read_head() {
  if (!unwritten_.empty() && !flush())
    return false;
  auto seen = size_t{0};
  while (!has_head_) {
    auto end = http_head_end(unused(), seen);
    if (end != unused().npos) {
      seen = 0;
      if (!take_head(end))
        return false;
      continue;
    }
    if (end_ == defaults::http_head_bytes_max)
      return fail(errc::too_large, "the response's head has no end");
    seen = unused().size();
    if (!fill())
      return end_early();
  }
  return true;
}

bool wire_stream::end_early() {
  if (write_fault_)
    outcome_.fault = write_fault_;
  else if (!outcome_.fault)
    fail(errc::connection_lost, outcome_.answered
                                  ? "the response was cut"
                                  : "the server hung up without an answer");
  return false;
}

bool wire_stream::take_head(size_t size) {
  auto head = http_head{};
  if (!parse_http_head(unused().substr(0, size), head))
    return fail(errc::protocol_error, "the answer is not HTTP");
  at_ += size;
  // Interim responses such as early hints; the answer is still to come.
  auto interim = head.status < 200 && head.status != 101;
  return interim || judge_head(std::move(head));
}

bool wire_stream::judge_head(http_head head) {
  auto body = http_body::of(head, bodiless_);
  if (!body)
    return fail(errc::protocol_error, "the answer's length is ambiguous");
  head_ = std::move(head);
  body_ = std::move(*body);
  has_head_ = true;
  plain_head_ = "HTTP/1.1 " + std::to_string(head_.status) + " x\r\n\r\n";
  return is_wanted(sink_.on_head(head_, body_));
}

ssize_t wire_stream::read_body(char* to, size_t size) {
  while (!body_.complete()) {
    auto used = size_t{0};
    auto piece = body_.take(unused().substr(0, size), used);
    at_ += used;
    if (!piece.empty()) {
      std::memcpy(to, piece.data(), piece.size());
      return static_cast<ssize_t>(piece.size());
    }
    if (body_.broken()) {
      fail(errc::protocol_error,
           "the response's chunked encoding is broken at byte "
             + std::to_string(body_.taken()) + " of its body");
      return -1;
    }
    if (at_ < end_ || body_.complete())
      continue;
    if (!is_wanted(sink_.on_lull()))
      return -1;
    if (!fill()) {
      if (ended_ && body_.needs_end())
        return 0;
      end_early();
      return -1;
    }
  }
  return 0;
}

bool wire_stream::on_body(const char* bytes, size_t size) {
  return is_wanted(sink_.on_body({bytes, size}));
}

bool wire_stream::is_wanted(bool answer) {
  outcome_.unwanted |= !answer;
  return answer;
}

// -- the end ------------------------------------------------------------------

bool wire_stream::fail(errc why, std::string text) {
  outcome_.fault = {why, std::move(text)};
  return false;
}

std::chrono::milliseconds wire_stream::time_to_keep() const {
  auto persistent = head_.minor_version >= 1
                      ? !head_.has_token("Connection", "close")
                      : head_.has_token("Connection", "keep-alive");
  if (!body_.complete() || body_.doubtful() || at_ < end_ || ended_
      || write_fault_ || !persistent)
    return 0ms;
  constexpr auto name = std::string_view{"timeout="};
  auto text = head_.value("Keep-Alive");
  auto at = text.find(name);
  if (at == text.npos)
    return defaults::http_kept_time;
  text.remove_prefix(at + name.size());
  auto seconds = uint32_t{0};
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  // The server counts from when it sent, and may close a little early.
  auto named = std::chrono::seconds{seconds} - 1s;
  return std::clamp<std::chrono::milliseconds>(named, 0ms,
                                               defaults::http_kept_time_max);
}

http_outcome wire_stream::finish() {
  outcome_.sent = channel_.sent() != sent_before_;
  if (outcome_.fault || outcome_.unwanted)
    return std::move(outcome_);
  if (has_head_ && (body_.complete() || (ended_ && body_.needs_end())))
    outcome_.keep = time_to_keep();
  else
    end_early();
  return std::move(outcome_);
}

// -- the library --------------------------------------------------------------

/// Gives access to the library's HTTP over a stream of our own.
class library : public httplib::ClientImpl {
public:
  library() : ClientImpl("localhost") {
    set_url_encode(false);
    set_decompress(false);
  }

  void run(httplib::Stream& stream, httplib::Request& request) {
    auto response = httplib::Response{};
    auto error = httplib::Error::Success;
    process_request(stream, request, response, false, error);
  }
};

/// One for each thread, which runs one exchange at a time: making one anew took
/// a twentieth of an exchange's time.
library& own_library() {
  static thread_local auto result = library{};
  return result;
}

} // namespace

http_outcome exchange_over(http_channel& channel, http_request request,
                           const http_deadlines& deadlines, http_sink& sink) {
  std::array<char, defaults::http_head_bytes_max> room; // a quarter of a stack
  auto stream = wire_stream{channel, deadlines, sink, request.method == "HEAD",
                            room.data()};
  auto what = httplib::Request{};
  what.method = std::move(request.method);
  what.path = std::move(request.target);
  for (auto& [name, value] : request.fields)
    what.headers.emplace(std::move(name), std::move(value));
  what.body = std::move(request.body);
  what.content_receiver = [&stream](const char* bytes, size_t size, uint64_t,
                                    uint64_t) {
    return stream.on_body(bytes, size);
  };
  own_library().run(stream, what);
  return stream.finish();
}

} // namespace troupe

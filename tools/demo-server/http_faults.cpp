#include "troupe/tools/demo-server/http_faults.hpp"

#include <memory>

namespace troupe::demo {

namespace {

constexpr size_t flood_bytes = 64u << 10;

/// A body without an end, for as long as it is read.
class endless_body : public http_connection::owner {
public:
  void start(http_connection& at, const char* type, bool compressed) {
    at_ = &at;
    compressed_ = compressed;
    header_list headers{{"Content-Type", type}};
    if (compressed)
      headers.emplace_back("Content-Encoding", "gzip");
    at.begin_body(200, headers, *this);
    std::string_view begin =
      compressed ? std::string_view{"\x1f\x8b\x08\0\0\0\0\0\0\3", 10}
      : std::string_view{type} == "text/event-stream"
        ? "event: message\ndata: {\"jsonrpc\":\"2.0\",\"result\":\""
        : "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"text\":\"";
    at.part({begin});
    if (compressed)
      put_bits(0b010, 3), put_bits(literal_x, 8);
  }

  bool endless() const override {
    return true;
  }

  void on_drained() override {
    std::string next;
    if (!compressed_)
      next.assign(flood_bytes, 'x');
    while (next.size() < flood_bytes) {
      put_bits(length_258, 8);
      put_bits(distance_1, 5);
      next += std::exchange(bytes_, {});
    }
    at_->part({next});
  }

  void on_gone() override {
    delete this;
  }

private:
  // DEFLATE with fixed codes (RFC 1951, 3.2.6), which are sent from their
  // highest bit on; everything else from its lowest.
  static constexpr unsigned literal_x = 0b00010101;  // 'x' is 10101000
  static constexpr unsigned length_258 = 0b10100011; // 285 is 11000101
  static constexpr unsigned distance_1 = 0;          // 00000

  void put_bits(unsigned value, int count) {
    bits_ |= value << held_;
    for (held_ += count; held_ >= 8; held_ -= 8, bits_ >>= 8)
      bytes_ += static_cast<char>(bits_ & 0xFF);
  }

  http_connection* at_ = nullptr;
  bool compressed_ = false;
  std::string bytes_;
  unsigned bits_ = 0;
  int held_ = 0;
};

} // namespace

http_faults::http_faults(const http_options& what) : what_(what) {
  // nop
}

bool http_faults::strikes() {
  auto before = posts_++;
  return before >= what_.after && before - what_.after < what_.times;
}

bool http_faults::instead(http_connection& at) {
  if (what_.half_open)
    return true;
  if (what_.accept_all) {
    at.respond(202, {}, "");
    return true;
  }
  if (what_.status != 0) {
    header_list headers{{"Content-Type", "application/json"}};
    if (!what_.challenge.empty())
      headers.emplace_back("WWW-Authenticate", what_.challenge);
    at.respond(what_.status, headers, what_.body);
    return true;
  }
  if (!what_.redirect.empty()) {
    at.respond(what_.redirect_status, {{"Location", what_.redirect}}, "");
    return true;
  }
  return send_body(at);
}

bad_delivery http_faults::delivery() const {
  return {what_.cut_at, what_.slow_head, what_.slow_body};
}

// -- steps --------------------------------------------------------------------

bool http_faults::send_body(http_connection& at) {
  auto events = what_.answers == "sse";
  auto type = events ? "text/event-stream" : "application/json";
  if (what_.no_message)
    at.respond(200, {{"Content-Type", type}},
               events ? "event: message\ndata: {\"no\":\"message\"}\n\n"
                      : "{\"no\":\"message\"}");
  else if (what_.empty_stream)
    at.respond(200, {{"Content-Type", "text/event-stream"}}, "");
  else if (what_.endless_body || what_.gzip_bomb)
    (new endless_body)->start(at, type, what_.gzip_bomb);
  else
    return false;
  return true;
}

} // namespace troupe::demo

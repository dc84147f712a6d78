#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::demo {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// A request as it was received.
struct http_request {
  std::string method;
  std::string target;
  /// In order. A value stands as it was sent, without the blanks around it:
  /// nothing is decoded, and an empty one is there.
  header_list headers;
  std::string body;
  bool keep_alive = true;

  /// The first with that name; null where there is none.
  const std::string* header(std::string_view name) const;

  std::string_view path() const;

  /// A parameter of the query, as it stands.
  std::string_view query(std::string_view name) const;
};

/// Cuts what a client sends into requests (HTTP/1.1, RFC 9112). Pure.
class http_reader {
public:
  void feed(std::string_view bytes);

  /// The next whole request, if there is one.
  std::optional<http_request> take();

  /// The status with which to refuse what comes; 0 where it is in order. It is
  /// set by `take`, and final.
  int refusal() const;

  /// Bytes that wait for `take`.
  size_t buffered() const;

  /// Enough for any honest client's headers.
  static constexpr size_t head_bytes_max = 64u << 10;
  static constexpr size_t body_bytes_max = 17u << 20;

private:
  bool read_head();
  bool read_line(std::string_view line);
  bool read_framing();
  bool read_body();
  bool read_chunks();
  bool refuse(int status);

  std::string buffer_;
  size_t done_ = 0;    // of buffer_
  size_t scanned_ = 0; // of buffer_: there is no end of the head before
  bool in_body_ = false;
  bool chunked_ = false;
  size_t length_ = 0; // of the body
  http_request next_;
  int refusal_ = 0;
};

} // namespace troupe::demo

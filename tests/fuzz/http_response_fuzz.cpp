// Covers transports/http/head.hpp, transports/http/body.hpp.
// A response's head and body: the same however the bytes are cut.

#include "troupe/tests/fuzz/target.hpp"
#include "troupe/transports/http/body.hpp"

using namespace troupe;
using fuzz::require;

namespace {

struct outcome {
  std::string body;
  size_t used = 0;
  bool complete = false;
  bool broken = false;

  bool operator==(const outcome&) const = default;
};

/// Where the head ends, found by reads of that size.
size_t head_end(std::string_view text, size_t piece) {
  for (size_t seen = 0; seen < text.size();) {
    auto now = std::min(seen + piece, text.size());
    if (auto end = http_head_end(text.substr(0, now), seen); end != text.npos)
      return end;
    seen = now;
  }
  return text.npos;
}

outcome read(http_body body, std::string_view text, size_t piece) {
  outcome result;
  while (!body.complete() && !body.broken() && result.used < text.size()) {
    auto used = size_t{0};
    result.body += body.take(text.substr(result.used, piece), used);
    require(used > 0, "each byte is used once");
    result.used += used;
  }
  result.complete = body.complete();
  result.broken = body.broken();
  return result;
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  fuzz::source in{bytes, size};
  auto piece = size_t{1} + in.number() % 64;
  auto text = in.rest();
  auto end = head_end(text, text.size() + 1);
  require(end == head_end(text, piece), "pieces give the same end of a head");
  if (end == text.npos)
    return 0;
  http_head head;
  if (!parse_http_head(text.substr(0, end), head))
    return 0;
  require(head.status >= 100 && head.status <= 999, "a status has 3 digits");
  auto body = http_body::of(head, false);
  if (!body)
    return 0;
  auto rest = text.substr(end);
  auto whole = read(*body, rest, rest.size() + 1);
  require(whole == read(*body, rest, piece), "pieces give the same body");
  require(whole.body.size() <= rest.size(), "a body is made of its bytes");
  return 0;
}

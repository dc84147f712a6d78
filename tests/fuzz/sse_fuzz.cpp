// Covers transports/http/sse_parser.hpp.
// Events of a stream: the same however the bytes are cut.

#include "troupe/tests/fuzz/target.hpp"
#include "troupe/transports/http/sse_parser.hpp"

using namespace troupe;
using fuzz::require;

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  fuzz::source in{bytes, size};
  auto most = size_t{1} + 4 * in.number();
  auto piece = size_t{1} + in.number() % 64;
  auto grow = in.number() % 3;
  auto text = in.rest();
  std::vector<sse_event> whole;
  std::vector<sse_event> pieces;
  sse_parser one{most};
  sse_parser many{most};
  auto good = one.feed(text, whole);
  auto still_good = true;
  for (size_t at = 0; at < text.size(); at += piece, piece += grow)
    still_good = many.feed(text.substr(at, piece), pieces);
  require(whole == pieces, "pieces give the same events");
  require(good == still_good, "pieces give the same verdict");
  require(one.last_event_id() == many.last_event_id(), "the id is the same");
  require(one.retry() == many.retry(), "the wait is the same");
  require(good != one.overflowed(), "an overflow is told");
  for (auto& x : whole)
    require(!x.data.empty() && x.data.size() <= most, "data has its limits");
  return 0;
}

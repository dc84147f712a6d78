// Covers transports/stdio/line_framer.hpp.
// Lines: the same however the bytes are cut.

#include "troupe/tests/fuzz/target.hpp"
#include "troupe/transports/stdio/line_framer.hpp"

using namespace troupe;
using fuzz::require;

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  fuzz::source in{bytes, size};
  auto most = size_t{1} + in.number();
  auto piece = size_t{1} + in.number();
  auto grow = in.number() % 3;
  auto text = in.rest();
  std::vector<std::string> whole;
  std::vector<std::string> pieces;
  line_framer one{most};
  line_framer many{most};
  auto good = one.feed(text, whole);
  auto still_good = true;
  for (size_t at = 0; at < text.size(); at += piece, piece += grow)
    still_good = many.feed(text.substr(at, piece), pieces);
  require(whole == pieces, "pieces give the same lines");
  require(good == still_good, "pieces give the same verdict");
  require(one.rest() == many.rest(), "pieces leave the same rest");
  require(good != one.overflowed(), "an overflow is told");
  for (auto& line : whole) {
    require(!line.empty() && line.size() <= most, "lines have their limits");
    require(line.find('\n') == std::string::npos, "a line has no newline");
  }
  require(!one.overflowed() || one.rest().empty(), "nothing is kept then");
  return 0;
}

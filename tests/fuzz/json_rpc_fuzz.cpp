// Covers messages/json/rpc.hpp.
// JSON-RPC: what is understood is understood again once we have written it.

#include "troupe/messages/json/rpc.hpp"
#include "troupe/tests/fuzz/target.hpp"

#include <utility>

using namespace troupe;
using namespace troupe::json_rpc;
using fuzz::require;

namespace {

std::string written(const request& x) {
  return format_request(x.id, x.method, x.params);
}
std::string written(const notification& x) {
  return format_notification(x.method, x.params);
}
std::string written(const result& x) {
  return format_result(x.id, x.value);
}
std::string written(const error& x) {
  return x.id ? format_error(*x.id, x.code, x.message, x.data) : "";
}

void check(const message& x) {
  auto text = std::visit([](auto& y) { return written(y); }, x);
  if (text.empty())
    return; // an answer without an id is never written
  require(text.find('\n') == std::string::npos, "a message is one line");
  auto again = parse(text);
  require(again.messages.size() == 1 && again.faults.empty(),
          "what we write is a message");
  auto& y = again.messages.front();
  require(x.index() == y.index(), "it is of the same kind");
  auto twice = std::visit([](auto& z) { return written(z); }, y);
  require(text == twice, "it is written the same again");
}

} // namespace

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  fuzz::source in{bytes, size};
  auto frame = parse(std::string{in.rest()});
  require(!frame.messages.empty() || !frame.faults.empty(),
          "a frame is something");
  require(frame.batch || frame.messages.size() + frame.faults.size() == 1,
          "only a batch holds several");
  for (auto& fault : frame.faults)
    require(!fault.text.empty(), "a fault has a text");
  for (auto& x : frame.messages)
    check(x);
  return 0;
}

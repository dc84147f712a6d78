#include "troupe/actors/session/dialect.hpp"
#include "troupe/actors/session/frame_text.hpp"
#include "troupe/messages/cut_text.hpp"

#include <algorithm>

namespace troupe {

namespace {

bool known_version(std::string_view version) {
  const auto& known = legacy_versions();
  return std::find(known.begin(), known.end(), version) != known.end();
}

class legacy_dialect : public dialect {
public:
  legacy_dialect(const implementation& client, const client_capabilities& can)
    : client_(format_implementation(client)), can_(format_capabilities(can)) {
    // nop
  }

  std::string opening(uint64_t id) const override {
    frame_text::request out{
      id, "initialize", {}, 96 + client_.size() + can_.size()};
    append_json(out.member("protocolVersion"), latest_legacy_version);
    out.member("capabilities") += can_;
    out.member("clientInfo") += client_;
    return out.take();
  }

  opening_verdict judge(const json& result) override {
    opening_verdict verdict;
    auto version = result.find("protocolVersion");
    auto text = version ? version->as_string() : std::nullopt;
    if (!text) {
      verdict.why = {errc::handshake_failed, fate::refused,
                     "initialize was answered without a protocolVersion"};
    } else if (!known_version(*text)) {
      // MCP, Lifecycle: a client that does not support the server's version
      // SHOULD disconnect.
      verdict.why = {errc::no_common_version, fate::refused,
                     "the server speaks "
                       + cut_text(*text, defaults::noise_sample_bytes)
                       + " only"};
    } else {
      verdict.what = opening_verdict::next::established;
      verdict.peer = peer_of(result, *text);
      batches_ = *text == "2025-03-26";
    }
    return verdict;
  }

  opening_verdict judge(const json_rpc::error& x) const override {
    opening_verdict verdict;
    verdict.why = handshake_error("initialize", x);
    // A server that knows this code is modern, or has become so: it was probed.
    if (x.code == json_rpc::unsupported_protocol_version) {
      verdict.what = opening_verdict::next::other_dialect;
      verdict.why.code = errc::no_common_version;
    }
    return verdict;
  }

  std::string confirmation() const override {
    return json_rpc::format_notification("notifications/initialized", {});
  }

  std::string_view meta() const override {
    return {};
  }

  std::string fault_of(const json&) const override {
    return {};
  }

  std::string answer(const json_rpc::request& x) const override {
    if (x.method == "ping")
      return json_rpc::format_result(x.id, json::trusted("{}"));
    return json_rpc::format_error(x.id, json_rpc::method_not_found,
                                  "Method not found");
  }

  bool takes_batches() const override {
    return batches_;
  }

  bool ends_list(std::string_view cursor) const override {
    // Several legacy servers end a list with "" instead of leaving it out.
    return cursor.empty();
  }

  bool pings() const override {
    return true;
  }

private:
  static session_established peer_of(const json& result, std::string version) {
    session_established peer;
    peer.version = std::move(version);
    if (auto x = result.find("serverInfo"))
      peer.server = parse_implementation(*x);
    if (auto x = result.find("instructions"))
      peer.instructions = x->as_string().value_or("");
    if (auto x = result.find("capabilities"))
      peer.capabilities = x->detached();
    return peer;
  }

  std::string client_;
  std::string can_;
  bool batches_ = false;
};

} // namespace

std::unique_ptr<dialect> make_legacy_dialect(const implementation& client,
                                             const client_capabilities& can) {
  return std::make_unique<legacy_dialect>(client, can);
}

} // namespace troupe

#include "troupe/actors/session/dialect.hpp"
#include "troupe/actors/session/frame_text.hpp"
#include "troupe/messages/cut_text.hpp"

namespace troupe {

namespace {

constexpr std::string_view server_info_key =
  "io.modelcontextprotocol/serverInfo";

/// What a server's list of versions means for us.
enum class common { modern, maybe_legacy, none };

common compare(const json& versions) {
  auto result = common::maybe_legacy;
  auto any = false;
  auto any_legacy = false;
  for (const auto& x : versions.items()) {
    auto version = x.as_string();
    if (!version)
      continue;
    if (*version == modern_version)
      return common::modern;
    any = true;
    // Versions are dates, so their order is that of their text.
    any_legacy = any_legacy || *version < modern_version;
  }
  if (any && !any_legacy)
    result = common::none;
  return result;
}

std::string common_meta(const implementation& client,
                        const client_capabilities& can) {
  json_writer out;
  out.begin_object()
    .member("io.modelcontextprotocol/protocolVersion", modern_version)
    .member("io.modelcontextprotocol/clientInfo",
            json::trusted(format_implementation(client)))
    .member("io.modelcontextprotocol/clientCapabilities",
            json::trusted(format_capabilities(can)))
    .end_object();
  auto text = out.take();
  return text.substr(1, text.size() - 2);
}

class modern_dialect : public dialect {
public:
  modern_dialect(const implementation& client, const client_capabilities& can)
    : meta_(common_meta(client, can)) {
    // nop
  }

  std::string opening(uint64_t id) const override {
    return frame_text::request{id, "server/discover", {meta_}}.take();
  }

  opening_verdict judge(const json& result) override {
    auto versions = result.find("supportedVersions");
    opening_verdict verdict;
    if (!versions || !versions->is_array() || !fault_of(result).empty()) {
      // Some legacy servers answer anything with an empty result.
      verdict.what = opening_verdict::next::other_dialect;
      verdict.why.text = "server/discover was answered without its result";
    } else {
      verdict = verdict_of(compare(*versions), *versions);
      if (verdict.what == opening_verdict::next::once_more) {
        verdict.what = opening_verdict::next::established;
        verdict.peer = peer_of(result);
      }
    }
    return verdict;
  }

  // MCP, stdio, "Backward Compatibility": any error that is no modern one means
  // a legacy server; no single code may decide it.
  opening_verdict judge(const json_rpc::error& x) const override {
    opening_verdict verdict;
    auto versions = x.data.find("supported");
    if (x.code == json_rpc::unsupported_protocol_version && versions)
      return verdict_of(compare(*versions), *versions);
    verdict.why = handshake_error("server/discover", x);
    // Legacy servers know no such codes: it is modern, and asks for what we
    // lack.
    auto modern = x.code == json_rpc::header_mismatch
                  || x.code == json_rpc::missing_client_capability;
    verdict.what = modern ? opening_verdict::next::refused
                          : opening_verdict::next::other_dialect;
    return verdict;
  }

  std::string confirmation() const override {
    return {};
  }

  std::string_view meta() const override {
    return meta_;
  }

  std::string fault_of(const json& result) const override {
    auto type = result.find("resultType");
    if (!type)
      return {};
    auto text = type->as_string();
    if (text && *text == "complete")
      return {};
    if (text && *text == "input_required")
      return "the server asks for input that this client did not offer";
    return "the server's answer has the unknown resultType "
           + cut_text(type->text(), defaults::noise_sample_bytes);
  }

  // MCP, stdio: the client never writes responses.
  std::string answer(const json_rpc::request&) const override {
    return {};
  }

  bool takes_batches() const override {
    return false;
  }

  bool ends_list(std::string_view) const override {
    // MCP, Pagination: an empty string is a valid cursor.
    return false;
  }

  bool pings() const override {
    return false;
  }

private:
  static opening_verdict verdict_of(common x, const json& versions) {
    opening_verdict verdict;
    verdict.why.code = errc::no_common_version;
    verdict.why.what_became = fate::refused;
    verdict.why.text = "the server speaks only ";
    verdict.why.text += cut_text(versions.text(), defaults::noise_sample_bytes);
    switch (x) {
      case common::modern:
        verdict.what = opening_verdict::next::once_more;
        break;
      case common::maybe_legacy:
        verdict.what = opening_verdict::next::other_dialect;
        break;
      case common::none: verdict.what = opening_verdict::next::refused; break;
    }
    return verdict;
  }

  static session_established peer_of(const json& result) {
    session_established peer;
    peer.version = modern_version;
    peer.dialect = known_dialect::modern;
    auto meta = result.find("_meta");
    auto info = meta ? meta->find(server_info_key) : std::nullopt;
    // Drafts had it in the body, and some servers still do.
    if (!info)
      info = result.find("serverInfo");
    if (info)
      peer.server = parse_implementation(*info);
    if (auto x = result.find("instructions"))
      peer.instructions = x->as_string().value_or("");
    if (auto x = result.find("capabilities"))
      peer.capabilities = x->detached();
    return peer;
  }

  std::string meta_;
};

} // namespace

std::unique_ptr<dialect> make_modern_dialect(const implementation& client,
                                             const client_capabilities& can) {
  return std::make_unique<modern_dialect>(client, can);
}

} // namespace troupe

#include "troupe/transports/http/tls_context.hpp"

#include <atomic>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace troupe {

namespace {

/// Why OpenSSL could not use a file.
std::string about(const std::string& file) {
  auto reason = ERR_reason_error_string(ERR_peek_last_error());
  return "cannot use " + file + ": " + (reason ? reason : "no reason given");
}

bool trust(SSL_CTX* context, const tls_options& options, std::string& fault) {
  if (options.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return true;
  }
  if (SSL_CTX_load_verify_file(context, options.ca_file.c_str()) == 1)
    return true;
  fault = about(options.ca_file);
  return false;
}

bool identify(SSL_CTX* context, const tls_options& options,
              std::string& fault) {
  auto& certificate = options.certificate_file;
  auto& key = options.key_file;
  if (certificate.empty() && key.empty())
    return true;
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    fault = about(certificate);
  else if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM)
           != 1)
    fault = about(key);
  else if (SSL_CTX_check_private_key(context) != 1)
    fault = key + " is not the key of " + certificate;
  return fault.empty();
}

void set_rules(SSL_CTX* context, bool insecure) {
  static const unsigned char http_1_1[] = "\x08http/1.1";
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_alpn_protos(context, http_1_1, sizeof(http_1_1) - 1);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE
                              | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                              | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context, insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
                     nullptr);
  // A key with a password would ask for it on the terminal.
  SSL_CTX_set_default_passwd_cb(context,
                                [](char*, int, int, void*) { return 0; });
}

} // namespace

tls_context_ptr tls_context::make(const tls_options& options,
                                  std::string& fault) {
  ERR_clear_error();
  auto context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr) {
    fault = "TLS is not available";
    return nullptr;
  }
  auto result = tls_context_ptr{new tls_context(context)};
  set_rules(context, options.insecure);
  if (!trust(context, options, fault) || !identify(context, options, fault))
    result.reset();
  ERR_clear_error();
  return result;
}

static uint64_t next_number() {
  static auto last = std::atomic<uint64_t>{0};
  return ++last;
}

tls_context::tls_context(ssl_ctx_st* context)
  : context_(context), number_(next_number()) {
  // nop
}

tls_context::~tls_context() {
  SSL_CTX_free(context_);
}

} // namespace troupe

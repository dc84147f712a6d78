#pragma once

#include "troupe/messages/server_spec.hpp"

#include <cstdint>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace troupe {

/// TLS settings for the servers of one specification: trusted authorities, and
/// our own certificate. Read from its files once. Thread-safe.
class tls_context {
public:
  /// Null, and why in `fault`, where a file cannot be used.
  static std::shared_ptr<const tls_context> make(const tls_options& options,
                                                 std::string& fault);
  ~tls_context();
  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

  ssl_ctx_st* get() const {
    return context_;
  }
  /// Unlike its address, never reused.
  uint64_t number() const {
    return number_;
  }

private:
  explicit tls_context(ssl_ctx_st* context);

  ssl_ctx_st* context_;
  const uint64_t number_;
};

using tls_context_ptr = std::shared_ptr<const tls_context>;

} // namespace troupe

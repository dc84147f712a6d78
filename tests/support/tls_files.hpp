#pragma once

#include "troupe/tests/support/http_peer.hpp"
#include "troupe/tests/support/scratch_folder.hpp"

namespace troupe {

/// Certificates of a test, made anew by openssl(1): an authority, servers that
/// it vouches for, and a client.
struct tls_files {
  tls_files();

  scratch_folder folder;
  std::string ca;
  std::string other_ca; ///< has signed none of these
  /// For 127.0.0.1 and server.example.
  peer_tls server;
  /// For other.example.
  peer_tls stranger;
  std::string client_certificate;
  std::string client_key;

private:
  void run(const std::string& arguments) const;
  void make_ca(const std::string& name) const;
  void make(const std::string& name, const std::string& names) const;
};

} // namespace troupe

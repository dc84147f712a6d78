#include "troupe/transports/http/tls_session.hpp"

#include "troupe/transports/io/os_error.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

namespace troupe {

// -- a BIO that raises no SIGPIPE ---------------------------------------------

namespace {

int socket_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio)));
}

int send_bytes(BIO* bio, const char* from, size_t size, size_t* sent) {
  BIO_clear_retry_flags(bio);
  auto n = send(socket_of(bio), from, size, MSG_NOSIGNAL);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    BIO_set_retry_write(bio);
  *sent = n > 0 ? static_cast<size_t>(n) : 0;
  return n > 0;
}

int receive_bytes(BIO* bio, char* to, size_t size, size_t* received) {
  BIO_clear_retry_flags(bio);
  auto n = recv(socket_of(bio), to, size, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    BIO_set_retry_read(bio);
  if (n == 0)
    BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  *received = n > 0 ? static_cast<size_t>(n) : 0;
  return n > 0;
}

long control(BIO* bio, int what, long, void*) {
  if (what == BIO_CTRL_FLUSH)
    return 1;
  if (what == BIO_CTRL_EOF)
    return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
  return 0;
}

BIO_METHOD* quiet_socket() {
  static const auto result = [] {
    auto x = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
                          "socket without SIGPIPE");
    BIO_meth_set_write_ex(x, send_bytes);
    BIO_meth_set_read_ex(x, receive_bytes);
    BIO_meth_set_ctrl(x, control);
    return x;
  }();
  return result;
}

BIO* open_bio(int socket) {
  auto bio = BIO_new(quiet_socket());
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(socket)));
  BIO_set_init(bio, 1);
  return bio;
}

bool is_address(const std::string& host) {
  auto bytes = in6_addr{};
  return inet_pton(AF_INET, host.c_str(), &bytes) == 1
         || inet_pton(AF_INET6, host.c_str(), &bytes) == 1;
}

} // namespace

// -- the session --------------------------------------------------------------

tls_session::tls_session(const tls_context& context, int socket,
                         const std::string& host)
  : ssl_(SSL_new(context.get())) {
  auto bio = open_bio(socket);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_connect_state(ssl_);
  name_peer(host);
}

tls_session::~tls_session() {
  // Sends close_notify if the socket takes it; the answer is not awaited.
  if (SSL_is_init_finished(ssl_) && fault_.empty())
    SSL_shutdown(ssl_);
  SSL_free(ssl_);
  ERR_clear_error();
}

void tls_session::name_peer(const std::string& host) {
  auto rules = SSL_get0_param(ssl_);
  if (is_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str());
    return;
  }
  X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
  SSL_set_tlsext_host_name(ssl_, host.c_str());
}

ssize_t tls_session::handshake() {
  ERR_clear_error();
  auto result = SSL_do_handshake(ssl_);
  return result == 1 ? 1 : judge(result);
}

ssize_t tls_session::read(char* to, size_t size) {
  ERR_clear_error();
  auto n = size_t{0};
  auto result = SSL_read_ex(ssl_, to, size, &n);
  return result == 1 ? static_cast<ssize_t>(n) : judge(result);
}

ssize_t tls_session::write(std::string_view bytes) {
  ERR_clear_error();
  auto n = size_t{0};
  auto result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &n);
  return result == 1 ? static_cast<ssize_t>(n) : judge(result);
}

bool tls_session::has_pending() const {
  return SSL_has_pending(ssl_) == 1;
}

ssize_t tls_session::judge(int result) {
  auto error = errno;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return want_read;
    case SSL_ERROR_WANT_WRITE: return want_write;
    case SSL_ERROR_ZERO_RETURN: return end;
    default: break;
  }
  auto code = ERR_peek_last_error();
  auto verdict = SSL_get_verify_result(ssl_);
  // After the handshake, the verdict on the certificate ends nothing.
  if (verdict != X509_V_OK && !SSL_is_init_finished(ssl_))
    fault_ = X509_verify_cert_error_string(verdict);
  else if (auto reason = ERR_reason_error_string(code))
    fault_ = reason;
  else if (code == 0 && error != 0)
    fault_ = errno_text(error);
  else
    fault_ = "the connection was cut";
  return failed;
}

} // namespace troupe

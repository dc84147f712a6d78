#include "troupe/tests/support/http_peer.hpp"

#include "troupe/tests/support/loopback.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdexcept>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe {

using namespace std::chrono_literals;

// -- requests -----------------------------------------------------------------

static std::vector<std::string> values_of(const std::string& head,
                                          const std::string& name) {
  auto result = std::vector<std::string>{};
  for (auto at = head.find("\r\n"); at + 2 < head.size();) {
    auto begin = at + 2;
    at = head.find("\r\n", begin);
    auto line = head.substr(begin, at - begin);
    auto colon = line.find(':');
    if (colon == line.npos
        || strcasecmp(line.substr(0, colon).c_str(), name.c_str()) != 0)
      continue;
    auto value = line.find_first_not_of(' ', colon + 1);
    result.push_back(value == line.npos ? "" : line.substr(value));
  }
  return result;
}

std::string peer_request::field(const std::string& name) const {
  auto values = values_of(head, name);
  return values.empty() ? "(none)" : values.front();
}

size_t peer_request::count(const std::string& name) const {
  return values_of(head, name).size();
}

// -- one connection -----------------------------------------------------------

http_peer::talk::talk(http_peer& owner, int fd, ssl_st* ssl, size_t number)
  : owner_(owner), fd_(fd), ssl_(ssl), number_(number) {
  // nop
}

http_peer::talk::~talk() = default;

bool http_peer::talk::fill() {
  char buffer[64 << 10];
  auto n = ssl_ ? SSL_read(ssl_, buffer, sizeof(buffer))
                : static_cast<int>(recv(fd_, buffer, sizeof(buffer), 0));
  if (n <= 0)
    return false;
  unread_.append(buffer, static_cast<size_t>(n));
  return true;
}

bool http_peer::talk::read_head(peer_request& to) {
  auto end = size_t{0};
  while ((end = unread_.find("\r\n\r\n")) == unread_.npos)
    if (!fill())
      return false;
  to.head = unread_.substr(0, end + 4);
  to.line = to.head.substr(0, to.head.find("\r\n"));
  to.body.clear();
  unread_.erase(0, end + 4);
  owner_.note_head();
  return true;
}

bool http_peer::talk::read(peer_request& to) {
  if (!read_head(to))
    return false;
  auto length = to.field("Content-Length");
  auto size = length == "(none)" ? 0 : std::stoul(length);
  while (unread_.size() < size)
    if (!fill())
      return false;
  to.body = unread_.substr(0, size);
  unread_.erase(0, size);
  owner_.note(to);
  return true;
}

bool http_peer::talk::send(const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    auto rest = bytes.size() - done;
    auto from = bytes.data() + done;
    auto n = ssl_ ? SSL_write(ssl_, from, static_cast<int>(rest))
                  : ::send(fd_, from, rest, MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    done += static_cast<size_t>(n);
  }
  return true;
}

bool http_peer::talk::send_bytewise(const std::string& bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [this](char x) { return send(std::string(1, x)); });
}

bool http_peer::talk::answer(int status, const std::string& type,
                             const std::string& body,
                             const std::string& more_fields) {
  auto text = "HTTP/1.1 " + std::to_string(status) + " Whatever\r\n";
  if (!type.empty())
    text += "Content-Type: " + type + "\r\n";
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return send(text + more_fields + "\r\n" + body);
}

bool http_peer::talk::begin_events(const std::string& more_fields) {
  return send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
              "Transfer-Encoding: chunked\r\n"
              + more_fields + "\r\n");
}

bool http_peer::talk::send_chunk(const std::string& bytes) {
  char size[32];
  snprintf(size, sizeof(size), "%zx\r\n", bytes.size());
  return send(size + bytes + "\r\n");
}

bool http_peer::talk::end_chunks() {
  return send("0\r\n\r\n");
}

void http_peer::talk::wait_end() {
  while (fill())
    unread_.clear();
}

void http_peer::talk::end() {
  if (ssl_)
    SSL_shutdown(ssl_);
  shutdown(fd_, SHUT_WR);
}

void http_peer::talk::reset() {
  // Connecting to "nothing" aborts the connection and keeps the descriptor.
  auto nothing = sockaddr{};
  nothing.sa_family = AF_UNSPEC;
  connect(fd_, &nothing, sizeof(nothing));
}

bool http_peer::talk::vanish() {
  auto on = 1;
  return setsockopt(fd_, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)) == 0;
}

// -- the server ---------------------------------------------------------------

static ssl_ctx_st* make_context(const peer_tls& tls) {
  auto result = SSL_CTX_new(TLS_server_method());
  auto ok =
    SSL_CTX_use_certificate_chain_file(result, tls.certificate_file.c_str())
      == 1
    && SSL_CTX_use_PrivateKey_file(result, tls.key_file.c_str(),
                                   SSL_FILETYPE_PEM)
         == 1;
  if (!tls.client_ca_file.empty()) {
    ok =
      ok && SSL_CTX_load_verify_file(result, tls.client_ca_file.c_str()) == 1;
    SSL_CTX_set_verify(
      result, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  if (!ok)
    throw std::runtime_error("the peer's TLS files cannot be used");
  return result;
}

http_peer::http_peer(script f, const peer_tls& tls) : script_(std::move(f)) {
  if (!tls.certificate_file.empty())
    tls_ = make_context(tls);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  auto size = socklen_t{sizeof(address)};
  auto at = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, at, size) != 0 || listen(listener_, 1024) != 0)
    throw std::runtime_error("no socket for the peer");
  getsockname(listener_, at, &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread{[this] { accept_all(); }};
}

http_peer::~http_peer() {
  {
    auto held = std::unique_lock{mutex_};
    ending_ = true;
    for (auto fd : fds_)
      shutdown(fd, SHUT_RDWR);
    shutdown(listener_, SHUT_RDWR);
    changed_.notify_all();
  }
  acceptor_.join();
  for (auto& x : threads_)
    x.join();
  close(listener_);
  SSL_CTX_free(tls_);
}

std::string http_peer::url(const std::string& path) const {
  return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:")
         + std::to_string(port_) + path;
}

void http_peer::accept_all() {
  for (;;) {
    auto fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    auto held = std::unique_lock{mutex_};
    if (ending_ || fd < 0) {
      if (fd >= 0)
        close(fd);
      return;
    }
    auto on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    auto number = ++connections_;
    fds_.push_back(fd);
    threads_.emplace_back([this, fd, number] { serve(fd, number); });
    changed_.notify_all();
  }
}

ssl_st* http_peer::secure(int fd) {
  auto ssl = SSL_new(tls_);
  SSL_set_fd(ssl, fd);
  if (SSL_accept(ssl) == 1)
    return ssl;
  SSL_free(ssl);
  return nullptr;
}

/// OpenSSL writes to sockets as to files.
static void block_sigpipe() {
  auto set = sigset_t{};
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void http_peer::serve(int fd, size_t number) {
  block_sigpipe();
  auto ssl = tls_ ? secure(fd) : nullptr;
  if (ssl || !tls_) {
    auto t = talk{*this, fd, ssl, number};
    script_(t);
  }
  if (ssl) {
    SSL_shutdown(ssl);
    SSL_free(ssl);
  }
  auto held = std::unique_lock{mutex_};
  fds_.remove(fd);
  close(fd);
  changed_.notify_all();
}

void http_peer::note(peer_request x) {
  auto held = std::unique_lock{mutex_};
  requests_.push_back(std::move(x));
  changed_.notify_all();
}

void http_peer::note_head() {
  auto held = std::unique_lock{mutex_};
  ++heads_;
  changed_.notify_all();
}

// -- what a test sees ---------------------------------------------------------

template <class F>
void http_peer::wait(F done) const {
  auto held = std::unique_lock{mutex_};
  if (!changed_.wait_for(held, 60s, done))
    throw std::runtime_error("the peer waited in vain");
}

std::vector<peer_request> http_peer::requests() const {
  auto held = std::unique_lock{mutex_};
  return requests_;
}

std::vector<peer_request> http_peer::wait_requests(size_t count) const {
  wait([&] { return requests_.size() >= count; });
  return requests();
}

void http_peer::wait_heads(size_t count) const {
  wait([&] { return heads_ >= count; });
}

size_t http_peer::connections() const {
  auto held = std::unique_lock{mutex_};
  return connections_;
}

size_t http_peer::open() const {
  auto held = std::unique_lock{mutex_};
  return fds_.size();
}

void http_peer::wait_open(size_t count) const {
  wait([&] { return fds_.size() == count; });
}

void http_peer::open_gate() {
  auto held = std::unique_lock{mutex_};
  gate_open_ = true;
  changed_.notify_all();
}

void http_peer::gate() {
  auto held = std::unique_lock{mutex_};
  changed_.wait(held, [&] { return gate_open_ || ending_; });
}

void echo_all(http_peer::talk& t) {
  auto x = peer_request{};
  while (t.read(x))
    t.answer(200, "application/json",
             "{\"echo\":" + std::to_string(x.body.size()) + "}");
}

} // namespace troupe

#include "troupe/tools/demo-server/http_connection.hpp"

#include "troupe/messages/defaults.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::demo {

namespace {

/// Requests that a client sends ahead are not read beyond this.
constexpr size_t read_ahead_max = 64u << 10;

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    default: return status < 400 ? "Other" : "Refused";
  }
}

void append(std::string& out, uint64_t number, int base) {
  char digits[20];
  auto end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
  out.append(digits, end);
}

} // namespace

http_connection::http_connection(int fd, uint64_t number, http_host& host,
                                 timers& clock)
  : fd_(fd), number_(number), host_(host), alarms_(clock) {
  watched_ = wanted();
}

http_connection::~http_connection() {
  if (auto behind = std::exchange(owner_, nullptr))
    behind->on_gone();
  ::close(fd_);
}

int http_connection::fd() const {
  return fd_;
}

uint64_t http_connection::number() const {
  return number_;
}

bool http_connection::dead() const {
  return dead_;
}

// -- the response under way ---------------------------------------------------

void http_connection::respond(int status, const header_list& headers,
                              std::string_view body) {
  write_head(status, headers);
  if (status != 202 && status != 204) {
    out_ += "Content-Length: ";
    append(out_, body.size(), 10);
    out_ += "\r\n";
  } else {
    out_ += "Content-Length: 0\r\n";
    body = {};
  }
  out_ += "\r\n";
  head_bytes_ = out_.size();
  out_ += body;
  finish();
}

void http_connection::begin_body(int status, const header_list& headers,
                                 owner& behind) {
  owner_ = &behind;
  write_head(status, headers);
  out_ += "Transfer-Encoding: chunked\r\n\r\n";
  head_bytes_ = out_.size();
  flush();
}

void http_connection::part(std::initializer_list<std::string_view> pieces) {
  size_t bytes = 0;
  for (auto x : pieces)
    bytes += x.size();
  if (dead_ || bytes == 0)
    return;
  out_.reserve(out_.size() + bytes + 32);
  append(out_, bytes, 16);
  out_ += "\r\n";
  for (auto x : pieces)
    out_ += x;
  out_ += "\r\n";
  flush();
}

void http_connection::end_body() {
  if (dead_)
    return;
  out_ += "0\r\n\r\n";
  finish();
}

void http_connection::disown() {
  owner_ = nullptr;
}

void http_connection::own(owner& behind) {
  owner_ = &behind;
}

void http_connection::deliver(const bad_delivery& how) {
  delivery_ = how;
}

void http_connection::cut() {
  if (dead_)
    return;
  dead_ = true;
  if (auto behind = std::exchange(owner_, nullptr))
    behind->on_gone();
  host_.on_dead(*this);
}

size_t http_connection::pending() const {
  return out_.size() - sent_;
}

// -- what the host calls ------------------------------------------------------

void http_connection::on_event(uint32_t events) {
  if (dead_)
    return;
  if ((events & EPOLLIN) != 0)
    read_some();
  else if ((events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0)
    return cut();
  if (!dead_ && (events & EPOLLOUT) != 0)
    flush();
  if (!dead_ && pending() == 0 && owner_ && owner_->endless())
    owner_->on_drained();
  if (!dead_)
    want();
}

// -- steps --------------------------------------------------------------------

void http_connection::read_some() {
  static std::string chunk(defaults::read_chunk_bytes, '\0');
  auto n = ::recv(fd_, chunk.data(), chunk.size(), 0);
  if (n > 0) {
    reader_.feed(std::string_view{chunk}.substr(0, static_cast<size_t>(n)));
    pump();
  } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
    // Also a client that has closed only its own side: no client of MCP does.
    cut();
  }
}

// An answer that a handler gives at once is written in one go.
void http_connection::pump() {
  if (pumping_)
    return;
  pumping_ = true;
  while (!busy_ && !dead_ && !closing_) {
    auto next = reader_.take();
    if (!next)
      break;
    busy_ = true;
    keep_alive_ = next->keep_alive;
    host_.on_request(*this, *next);
  }
  if (!busy_ && reader_.refusal() != 0 && !closing_ && !dead_) {
    keep_alive_ = false;
    respond(reader_.refusal(), {}, "");
  }
  pumping_ = false;
  flush();
}

void http_connection::write_head(int status, const header_list& headers) {
  busy_ = true;
  sent_total_ = 0;
  out_ += "HTTP/1.1 ";
  append(out_, static_cast<uint64_t>(status), 10);
  out_ += ' ';
  out_ += reason_of(status);
  out_ += "\r\n";
  for (auto& [name, value] : headers) {
    out_ += name;
    out_ += ": ";
    out_ += value;
    out_ += "\r\n";
  }
  if (!keep_alive_)
    out_ += "Connection: close\r\n";
}

void http_connection::finish() {
  owner_ = nullptr;
  closing_ = closing_ || !keep_alive_;
  // The next response must not be taken for a part of this broken one.
  if (delivery_.slow() || delivery_.cut_at)
    closing_ = true;
  else
    busy_ = false;
  flush();
  if (!dead_)
    pump();
}

void http_connection::flush() {
  if (dead_ || pumping_)
    return;
  if (delivery_.slow())
    return dribble();
  send_pending(pending());
  if (!dead_)
    want();
}

void http_connection::send_pending(size_t limit) {
  if (delivery_.cut_at)
    limit = std::min<uint64_t>(limit, *delivery_.cut_at - sent_total_);
  for (auto end = sent_ + limit; sent_ < end;) {
    auto n = ::send(fd_, out_.data() + sent_, end - sent_, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      break;
    if (n < 0)
      return cut();
    sent_ += static_cast<size_t>(n);
    sent_total_ += static_cast<uint64_t>(n);
  }
  if (delivery_.cut_at && sent_total_ >= *delivery_.cut_at)
    return cut();
  if (pending() > 0)
    return;
  out_.clear();
  sent_ = 0;
  if (closing_)
    cut();
}

void http_connection::dribble() {
  if (dribbling_ || pending() == 0)
    return;
  // The head is sent at once, unless it is to be slow.
  if (sent_total_ < head_bytes_ && delivery_.slow_head.count() == 0)
    send_pending(head_bytes_ - sent_total_);
  else if (sent_total_ >= head_bytes_ && delivery_.slow_body.count() == 0)
    send_pending(pending());
  if (dead_ || pending() == 0)
    return;
  dribbling_ = true;
  auto pause =
    sent_total_ < head_bytes_ ? delivery_.slow_head : delivery_.slow_body;
  alarms_.after(std::max(pause, std::chrono::milliseconds{1}), [this] {
    dribbling_ = false;
    send_pending(1);
    if (!dead_)
      dribble();
  });
}

uint32_t http_connection::wanted() const {
  uint32_t result = EPOLLRDHUP;
  if (!busy_ || reader_.buffered() < read_ahead_max)
    result |= EPOLLIN;
  auto more = pending() > 0 || (owner_ && owner_->endless());
  if (more && !delivery_.slow())
    result |= EPOLLOUT;
  return result;
}

void http_connection::want() {
  if (auto now = wanted(); now != watched_) {
    watched_ = now;
    host_.watch(*this, now);
  }
}

} // namespace troupe::demo

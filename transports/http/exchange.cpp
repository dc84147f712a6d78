#include "troupe/transports/http/exchange.hpp"

#include "troupe/messages/header_text.hpp"

#include <sys/socket.h>

namespace troupe {

using clock = http_channel::clock;

http_exchange::http_exchange(std::string frame, uint64_t ticket,
                             exchange_order_ptr order)
  : frame_(std::move(frame)), frame_bytes_(frame_.size()), ticket_(ticket),
    order_(std::move(order)) {
  // nop
}

bool http_exchange::run(http_exchange_owner& to, const http_terms& terms,
                        http_facts now, http_pool::place& place) {
  owner_ = &to;
  terms_ = &terms;
  place_ = &place;
  facts_ = std::move(now);
  start_ = facts_.to;
  auto next = authorize({});
  if (next == asked::go && !outcome_.fault) {
    follow();
    if (is_refused())
      next = try_with_others();
  }
  if (next == asked::go)
    tell_end();
  return next != asked::stop_and_tell_nobody;
}

// -- credentials --------------------------------------------------------------

/// The owner must know that it waits for credentials, and may have given it up
/// meanwhile.
http_exchange::asked
http_exchange::authorize(std::optional<credential_challenge> refusal) {
  if (!terms_->credentials)
    return asked::go;
  if (!owner_->on_asking(*this))
    return asked::stop;
  auto given = ask(std::move(refusal));
  if (!owner_->on_asked(*this, given.authorization))
    return asked::stop_and_tell_nobody;
  given_ = std::move(given);
  if (given_.fault.why == errc::internal_error)
    owner_->on_embedder_fault(given_.fault.text);
  if (!reply_) // else the refusal that led here says more
    outcome_.fault = given_.fault;
  return asked::go;
}

/// Without a deadline of its own it must not hold its thread for ever, either.
given_credentials
http_exchange::ask(std::optional<credential_challenge> refusal) {
  auto call =
    credential_call{terms_->pool->callbacks(), terms_->callback_owners,
                    terms_->credentials, facts_.to.origin()};
  auto deadline =
    order_->deadline.value_or(clock::now() + terms_->spec.timeouts.call_total);
  return refusal ? call.challenge(end_, deadline, std::move(*refusal))
                 : call.ask(end_, deadline);
}

bool http_exchange::is_refused() const {
  return terms_->credentials && reply_->challenge() && !end_.interrupted();
}

credential_challenge http_exchange::challenge(bool may_repeat) const {
  return {{},
          reply_->status(),
          *reply_->challenge(),
          given_.authorization,
          may_repeat};
}

/// The refused request was not handled: if the source has new credentials now,
/// it is sent again with these, once.
http_exchange::asked http_exchange::try_with_others() {
  auto refused = given_.authorization;
  auto next = authorize(challenge(true));
  auto& now = given_.authorization;
  if (next != asked::go || given_.fault || now.empty() || now == refused)
    return next;
  sent_ = false;
  facts_.to = start_;
  follow();
  if (is_refused())
    ask(challenge(false));
  return next;
}

/// Sends the request, and follows redirects.
void http_exchange::follow() {
  for (size_t hops = 0;; ++hops) {
    reply_.emplace(*order_, facts_.to, terms_->spec.limits.frame_bytes_max);
    // A reused connection may have been closed just now: retry with a fresh
    // one.
    if (!attempt(false))
      attempt(true);
    if (!reply_->redirect() || outcome_.fault)
      return;
    if (hops == defaults::http_redirects_max) {
      outcome_.fault = {errc::protocol_error, "too many redirects"};
      return;
    }
    auto target = *reply_->redirect();
    facts_.to = std::move(target);
  }
}

// -- the request --------------------------------------------------------------

/// False: retry with a fresh connection.
bool http_exchange::attempt(bool fresh) {
  outcome_ = {};
  auto route = http_route{};
  outcome_.fault =
    find_route(*terms_->pool, terms_->spec.tls, facts_.to, route);
  if (outcome_.fault)
    return true;
  auto connection = connect(route, fresh);
  if (!connection.channel)
    return true;
  auto reused = connection.reused;
  run_over(route, std::move(connection));
  return !reused || !is_stale();
}

http_connection http_exchange::connect(const http_route& route, bool fresh) {
  auto& pool = *terms_->pool;
  auto result = http_connection{nullptr, key_of(route), false};
  if (!fresh)
    result = pool.take(result.key);
  if (!result.channel)
    result.channel =
      dial(route, pool.names(), pool.patience(),
           clock::now() + terms_->spec.timeouts.connect, end_, outcome_.fault);
  return result;
}

void http_exchange::run_over(const http_route& route,
                             http_connection connection) {
  auto fd = connection.channel->fd();
  if (!end_.enter([fd] { shutdown(fd, SHUT_RDWR); })) {
    outcome_.fault = {errc::cancelled, "cancelled"};
    return;
  }
  auto now = clock::now();
  deadlines_ = {now + terms_->spec.timeouts.write, clock::time_point::max()};
  if (!someone_waits())
    deadlines_.read = now + terms_->spec.timeouts.call_idle;
  auto request = make_request();
  send_by(route, request);
  outcome_ =
    exchange_over(*connection.channel, std::move(request), deadlines_, *this);
  sent_ |= outcome_.sent;
  end_.leave();
  if (outcome_.keep.count() > 0 && !end_.interrupted())
    terms_->pool->keep(terms_->client, std::move(connection), outcome_.keep);
}

/// No call waits for the response to a notification, so none would give it up,
/// and a server could keep it open for ever.
bool http_exchange::someone_waits() const {
  return order_->owes_answer || order_->what != exchange_order::kind::post;
}

http_request http_exchange::make_request() const {
  auto result = http_request{};
  auto more = order_->headers;
  result.target = facts_.to.target;
  if (order_->what == exchange_order::kind::post) {
    result.method = "POST";
    more.emplace_back("Content-Type", "application/json");
    more.emplace_back("Accept", "application/json, text/event-stream");
    result.body = frame_;
  } else {
    result.method = "GET";
    more.emplace_back("Accept", "text/event-stream");
    if (!order_->last_event_id.empty())
      more.emplace_back("Last-Event-ID", order_->last_event_id);
  }
  result.fields = make_http_fields(terms_->spec, facts_.to,
                                   given_.authorization, facts_.session, more);
  return result;
}

/// Whether a reused connection was closed before the request arrived, as far as
/// can be known: a POST of which some was sent may have had its effect.
bool http_exchange::is_stale() const {
  return outcome_.fault.why == errc::connection_lost && !outcome_.answered
         && !end_.interrupted()
         && (!outcome_.sent || order_->what != exchange_order::kind::post);
}

// -- the response -------------------------------------------------------------

bool http_exchange::on_writing() {
  return owner_->on_writing(*this);
}

bool http_exchange::on_head(const http_head& head, const http_body& body) {
  if (!reply_->on_head(head, body))
    return false;
  if (reply_->is_stream()) {
    if (someone_waits())
      deadlines_.read = clock::time_point::max();
    place_->becomes_stream();
  } else if (reply_->is_idle_talk()) {
    deadlines_.read = clock::now() + defaults::response_end_timeout;
  }
  if (auto& id = reply_->session())
    owner_->on_session(*id);
  if (order_->what == exchange_order::kind::stream && reply_->is_stream())
    tell_stands();
  return true;
}

bool http_exchange::on_body(std::string_view bytes) {
  return reply_->on_body(bytes);
}

bool http_exchange::on_lull() {
  if (reply_->is_stream())
    tell_frames();
  return !end_.interrupted();
}

void http_exchange::tell_stands() {
  auto news = exchange_news{};
  news.id = order_->id;
  owner_->on_news(*this, std::move(news));
}

void http_exchange::tell_frames() {
  auto news = exchange_news{};
  news.id = order_->id;
  news.frames = reply_->take_frames();
  news.idle_bytes = reply_->take_idle_bytes();
  if (auto url = reply_->take_endpoint()) {
    owner_->on_endpoint(std::move(*url));
    news.endpoint_known = true;
  }
  if (!news.frames.empty() || news.idle_bytes > 0 || news.endpoint_known)
    owner_->on_news(*this, std::move(news));
}

// -- the end ------------------------------------------------------------------

void http_exchange::tell_end() {
  auto news = exchange_news{};
  if (end_.interrupted())
    outcome_.fault = {errc::cancelled, "cancelled"};
  outcome_.sent = sent_;
  if (!reply_) // it ended before the request was written
    reply_.emplace(*order_, facts_.to, terms_->spec.limits.frame_bytes_max);
  reply_->finish(outcome_, news);
  if (news.status > 0 && given_.fault.why == errc::auth_required)
    news.text += ": " + given_.fault.text; // what a person must do
  news.id = order_->id;
  news.had_session = !facts_.session.empty();
  if (news.status == 404 && news.had_session
      && order_->what == exchange_order::kind::post)
    owner_->on_session_lost(facts_.session);
  owner_->on_news(*this, std::move(news));
}

} // namespace troupe

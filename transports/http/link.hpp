#pragma once

#include "troupe/transports/http/exchange.hpp"
#include "troupe/transports/ordered_mutex.hpp"
#include "troupe/transports/transport.hpp"

#include <unordered_map>

namespace troupe {

/// The life of one HTTP transport: its exchanges, its session, and its end.
/// Thread-safe.
///
///     fresh --(start)--> up --(stop)--> stopping --(nothing runs)--> down
class http_link : public http_exchange_owner,
                  public std::enable_shared_from_this<http_link> {
public:
  /// `fault`: why the spec cannot be used, else empty.
  http_link(http_terms terms, std::string fault);
  ~http_link() override;

  // -- called by the transport

  void start(std::unique_ptr<transport_listener> to, outbox_ptr out);
  void stop(errc why, std::string text);

  // -- called by the outbox

  errc push(std::string frame, uint64_t ticket, exchange_order_ptr order);
  void abandon(uint64_t id);
  bool revoke(uint64_t ticket);
  std::vector<uint64_t> close();
  size_t depth() const;

private:
  using exchange_ptr = std::shared_ptr<http_exchange>;
  using mutex = ordered_mutex<lock_rank::leaf>;
  using lock = std::unique_lock<mutex>;
  enum class phase : uint8_t { fresh, up, stopping, down };

  // -- on the pool's threads
  void run(const exchange_ptr& x, http_pool::place& place);
  std::optional<http_facts> begin(const exchange_ptr& x);
  void finish(const exchange_ptr& x);
  bool on_asking(http_exchange& x) override;
  bool on_asked(http_exchange& x, const std::string& answer) override;
  void on_embedder_fault(const std::string& text) override;
  bool on_writing(http_exchange& x) override;
  void on_news(http_exchange& x, exchange_news news) override;
  void on_session(std::string id) override;
  void on_session_lost(const std::string& id) override;
  void on_endpoint(http_url url) override;

  // -- steps
  errc judge(const std::string& frame, const exchange_order_ptr& order) const;
  errc add(const exchange_ptr& x);
  void remember_version(const exchange_order& order);
  bool knows(const http_exchange& x) const;
  void forget(const exchange_ptr& x);
  void note_end(const http_exchange& x, const exchange_news& news);
  void drop(const std::vector<exchange_ptr>& list);
  std::vector<exchange_ptr> take_unwritten();
  void wait_for_room(const http_exchange& x);
  void make_room();
  bool is_over() const;
  void end(lock& held);
  void say_goodbye(std::string session);
  void come_down();

  const http_terms terms_;
  const std::string fault_;
  mutable mutex mutex_;
  // Everything below is guarded by mutex_, but for what says otherwise.
  phase phase_ = phase::fresh;
  errc why_ = errc::none;
  std::string why_text_;
  bool closed_ = false;
  bool ending_ = false;
  std::unordered_map<uint64_t, exchange_ptr> known_; // queued or under way
  uint64_t numbers_ = 0;
  size_t running_ = 0; // on a thread, and not given up
  size_t queued_ = 0;
  size_t queued_bytes_ = 0;
  std::vector<uint64_t> unsent_;
  std::string session_;
  std::string version_;       // the last value of MCP-Protocol-Version
  std::string authorization_; // the last one
  std::string told_fault_;    // of the source of credentials; reported last
  std::optional<http_url> endpoint_;
  std::shared_ptr<inbound_window> window_; // set once
  // Set once; it goes when nothing runs any more.
  std::unique_ptr<transport_listener> listener_;
  ordered_mutex<lock_rank::exchange_room> room_mutex_;
  ordered_condition room_made_;
  bool full_ = false; // guarded by room_mutex_
};

} // namespace troupe

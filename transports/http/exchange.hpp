#pragma once

#include "troupe/messages/server_spec.hpp"
#include "troupe/transports/http/credential_call.hpp"
#include "troupe/transports/http/pool.hpp"
#include "troupe/transports/http/reply.hpp"
#include "troupe/transports/http/route.hpp"
#include "troupe/transports/ordered_mutex.hpp"

#include <optional>

namespace troupe {

/// What all exchanges of one transport share; never changes.
struct http_terms {
  http_pool_ptr pool;
  uint64_t client = 0; ///< in the pool
  server_spec spec;
  http_url url;
  credential_source_ptr credentials; ///< may be null
  credential_owners callback_owners; ///< in the pool's `callbacks`
};

/// What a request must know when it begins.
struct http_facts {
  http_url to;
  std::string session; ///< empty: none is to be named
};

class http_exchange;

/// What exchanges report to their owner. Called on an exchange's thread.
class http_exchange_owner {
public:
  virtual ~http_exchange_owner() = default;

  /// It is about to ask for credentials, which may take long. False: do not.
  virtual bool on_asking(http_exchange& x) = 0;
  /// That wait is over. False: it was given up, and its owner may be down.
  virtual bool on_asked(http_exchange& x, const std::string& answer) = 0;
  /// The embedder's source of credentials has failed.
  virtual void on_embedder_fault(const std::string& text) = 0;
  /// The first byte is about to be written. False: do not.
  virtual bool on_writing(http_exchange& x) = 0;
  /// Blocks until the client takes more, or the exchange is given up.
  virtual void on_news(http_exchange& x, exchange_news news) = 0;
  /// A session began, or none where `id` is empty.
  virtual void on_session(std::string id) = 0;
  /// The server does not know that session any more.
  virtual void on_session_lost(const std::string& id) = 0;
  virtual void on_endpoint(http_url url) = 0;
};

/// One order and its response: runs on a thread of the pool, and reports to its
/// owner. Knows HTTP, and nothing of what is in a frame.
class http_exchange : private http_sink {
public:
  /// How far it is.
  enum class stage : uint8_t { queued, begun, asking, writing };

  http_exchange(std::string frame, uint64_t ticket, exchange_order_ptr order);

  /// Blocks until it has ended. False: the owner must not be told.
  bool run(http_exchange_owner& to, const http_terms& terms, http_facts now,
           http_pool::place& place);

  /// From any thread. Ends any step that blocks at once.
  void interrupt() {
    end_.interrupt();
  }
  bool interrupted() const {
    return end_.interrupted();
  }

  const exchange_order& order() const {
    return *order_;
  }
  uint64_t ticket() const {
    return ticket_;
  }
  size_t frame_bytes() const {
    return frame_bytes_;
  }
  /// Messages that no call of ours waits for must not wait for calls: those may
  /// be waiting for them. `initialize` takes its time, like a call.
  http_pool::kind kind() const {
    if (order_->long_lived)
      return http_pool::kind::stream;
    auto is_note = order_->what == exchange_order::kind::post && ticket_ == 0
                   && !order_->opens_session;
    return is_note ? http_pool::kind::note : http_pool::kind::call;
  }

  // -- for its owner

  stage at = stage::queued; // guarded by the owner's mutex
  uint64_t number = 0;      // in the order of pushing; set once
  /// Held while news are reported.
  ordered_mutex<lock_rank::exchange_news> news_mutex;
  bool unwanted = false; // guarded by news_mutex

private:
  /// What to do after credentials were asked for.
  enum class asked : uint8_t { go, stop, stop_and_tell_nobody };

  asked authorize(std::optional<credential_challenge> refusal);
  bool is_refused() const;
  credential_challenge challenge(bool may_repeat) const;
  given_credentials ask(std::optional<credential_challenge> refusal);
  asked try_with_others();
  void follow();
  bool attempt(bool fresh);
  http_connection connect(const http_route& route, bool fresh);
  void run_over(const http_route& route, http_connection connection);
  bool someone_waits() const;
  http_request make_request() const;
  bool is_stale() const;

  bool on_writing() override;
  bool on_head(const http_head& head, const http_body& body) override;
  bool on_body(std::string_view bytes) override;
  bool on_lull() override;

  void tell_stands();
  void tell_frames();
  void tell_end();

  std::string frame_;
  const size_t frame_bytes_;
  const uint64_t ticket_;
  const exchange_order_ptr order_;
  interrupter end_;

  // While it runs; of its thread.
  http_exchange_owner* owner_ = nullptr;
  const http_terms* terms_ = nullptr;
  http_pool::place* place_ = nullptr;
  http_facts facts_;
  http_url start_; // before any redirect
  given_credentials given_;
  http_deadlines deadlines_;
  std::optional<http_reply> reply_;
  http_outcome outcome_;
  bool sent_ = false; // in this try or an earlier one
};

} // namespace troupe

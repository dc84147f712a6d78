// Covers transports/http/link.hpp, transports/http/exchange.hpp.

#include "troupe/tests/support/http_fixture.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace troupe;

namespace {

exchange_order_ptr rest_of(uint64_t id) {
  auto order = exchange_order{};
  order.what = exchange_order::kind::stream;
  order.id = id;
  order.last_event_id = "1";
  return std::make_shared<exchange_order>(order);
}

/// A listener that orders the rest of a response while it is still being told
/// of the end: from another thread, as an actor would.
class quick_listener : public transport_listener {
public:
  struct heard {
    std::mutex mutex;
    std::condition_variable changed;
    outbox_ptr out;
    size_t refused = 0;
    size_t frames = 0;
    size_t cut_otherwise = 0; // without the event that is to be resumed after
    size_t wanted = 0;

    void wait() {
      auto held = std::unique_lock{mutex};
      // Bounded, so that a stream that is lost shows as what was heard.
      changed.wait_for(held, std::chrono::seconds{60}, [this] {
        return frames + refused + cut_otherwise == wanted;
      });
    }
  };

  explicit quick_listener(std::shared_ptr<heard> to) : heard_(std::move(to)) {
    // nop
  }

  void on_up(up x) override {
    heard_->out = x.out;
  }
  void on_exchange(exchange_news x) override {
    auto why = errc::none;
    if (x.ended && x.last_event_id == "1")
      std::thread{[&] {
        why = heard_->out->push("", 0, rest_of(x.id));
      }}.join();
    auto held = std::unique_lock{heard_->mutex};
    heard_->frames += x.frames.size();
    if (why != errc::none)
      ++heard_->refused;
    if (x.ended && x.last_event_id.empty() && x.frames.empty())
      ++heard_->cut_otherwise;
    heard_->changed.notify_all();
  }
  void on_frames(std::vector<std::string>) override {
    // nop
  }
  void on_diagnostic(diagnostic::kind, std::string) override {
    // nop
  }
  void on_fault(errc, std::string) override {
    // nop
  }
  void on_down(stop_report, std::vector<uint64_t>) override {
    // nop
  }

private:
  std::shared_ptr<heard> heard_;
};

} // namespace

SCENARIO("S6: the rest of a cut response may be ordered under the same id as "
         "soon as its end is told",
         "[http]") {
  // A call's stream is cut behind its first event; the rest has the answer. A
  // connection that came to a good end is kept: a call that was posted on one
  // just when the peer closes it would be lost, and is not sent again.
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    while (t.read(x)) {
      t.begin_events();
      if (x.line.starts_with("POST")) {
        t.send_chunk("id: 1\nretry: 0\ndata: \n\n");
        return;
      }
      if (!t.send_chunk("id: 2\ndata: rest\n\n") || !t.end_chunks())
        return;
    }
  }};
  auto heard = std::make_shared<quick_listener::heard>();
  heard->wanted = 64;
  auto pool = std::make_shared<http_pool>();
  auto testee = make_http_transport(pool, spec_of(peer.url()), nullptr);
  testee->start(std::make_unique<quick_listener>(heard));
  auto order = exchange_order{};
  order.owes_answer = true;
  for (order.id = 1; order.id <= heard->wanted; ++order.id)
    CHECK(
      heard->out->push("{}", order.id, std::make_shared<exchange_order>(order))
      == errc::none);
  heard->wait();
  CHECK(heard->refused == 0);
  CHECK(heard->cut_otherwise == 0);
  CHECK(heard->frames == heard->wanted);
}

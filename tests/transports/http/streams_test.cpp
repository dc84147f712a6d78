// Covers transports/http/reply.hpp, transports/http/exchange.hpp,
// transports/http/link.hpp, transports/inbound_window.hpp.

#include "troupe/tests/support/http_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

using strings = std::vector<std::string>;

SCENARIO("a call may be answered by a stream of events", "[http]") {
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    while (t.read(x)) {
      t.begin_events();
      t.send_chunk("id: 1\nretry: 700\ndata: \n\n");
      t.gate();
      t.send("48\r\nid: 2\ndata: a\n\nevent: message\ndata: b\n\n"
             "event: other\ndata: c\n\n: nothing\n\n\r\n0\r\n\r\n");
    }
  }};
  auto client = http_client{std::make_shared<http_pool>(), spec_of(peer.url())};
  auto id = client.call("{}");
  peer.wait_requests(1);
  peer.open_gate();
  auto end = client.log->wait_ended(id);
  THEN("its events are frames, but for those of another name") {
    CHECK(end.why == errc::none);
    CHECK(end.frames == strings{"a", "b"});
  }
  THEN("what one read brought is told at once") {
    CHECK(client.log->tellings(id) == 1);
  }
  THEN("its end says how it may be resumed") {
    CHECK(end.was_stream);
    CHECK(end.last_event_id == "2");
    CHECK(end.retry == milliseconds{700});
    CHECK(end.status == 200);
  }
  THEN("the connection carries the next call") {
    client.log->wait_ended(client.call("{}"));
    CHECK(peer.connections() == 1);
  }
}

SCENARIO("the server's own stream is opened by GET", "[http]") {
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    t.read(x);
    t.begin_events();
    t.send_chunk("data: one\n\n");
    t.gate();
  }};
  auto client = http_client{std::make_shared<http_pool>(), spec_of(peer.url())};
  GIVEN("a stream that goes on after event 7") {
    auto id = client.listen("7");
    CHECK(client.log->wait_frames_of(id, 1) == strings{"one"});
    THEN("that it stands was told before") {
      CHECK(client.log->tellings(id) == 2);
    }
    THEN("the request is what the protocol demands") {
      auto x = peer.requests().at(0);
      CHECK(x.line == "GET /mcp HTTP/1.1");
      CHECK(x.field("Accept") == "text/event-stream");
      CHECK(x.field("Last-Event-ID") == "7");
      CHECK(x.field("Content-Type") == "(none)");
      CHECK(x.field("Content-Length") == "(none)");
    }
    WHEN("the server cuts it") {
      peer.open_gate();
      auto end = client.log->wait_ended(id);
      THEN("it is lost, and says where it was") {
        CHECK(end.why == errc::connection_lost);
        CHECK(end.was_stream);
        CHECK(end.last_event_id.empty());
        CHECK(end.frames == strings{"one"});
      }
    }
  }
}

SCENARIO("a GET that brings no stream ends at once", "[http]") {
  for (auto status : {200, 202, 204, 405, 404}) {
    GIVEN("HTTP " << status) {
      auto peer = http_peer{[status](http_peer::talk& t) {
        auto x = peer_request{};
        while (t.read(x))
          t.answer(status, "application/json", status == 204 ? "" : "{}");
      }};
      auto client =
        http_client{std::make_shared<http_pool>(), spec_of(peer.url())};
      auto end = client.log->wait_ended(client.listen());
      CHECK(end.status == status);
      CHECK(end.why
            == (status >= 400 ? errc::server_error : errc::protocol_error));
      CHECK_FALSE(end.was_stream);
    }
  }
}

SCENARIO("HTTP+SSE names where to post", "[http]") {
  auto first = std::string{};
  auto canary = http_peer{echo_all};
  auto peer = http_peer{[&](http_peer::talk& t) {
    auto x = peer_request{};
    while (t.read(x)) {
      if (x.line.starts_with("POST")) {
        t.answer(202, "text/plain", "Accepted");
        continue;
      }
      t.begin_events();
      t.send_chunk(first);
      t.gate();
      t.send_chunk("event: message\ndata: {\"x\":1}\n\n");
      t.wait_end();
    }
  }};
  auto client = http_client{std::make_shared<http_pool>(),
                            spec_of(peer.url("/sse/in?k=1"))};
  auto order = exchange_order{};
  order.what = exchange_order::kind::endpoint;
  order.long_lived = true;
  GIVEN("an endpoint of the same origin") {
    first = "event: endpoint\ndata: ../messages?session=%41b\n\n";
    auto id = client.send("", order);
    CHECK(client.log->wait_endpoint(id));
    WHEN("a frame is posted") {
      auto end = client.log->wait_ended(client.notify("{}"));
      CHECK(end.why == errc::none);
      CHECK(peer.wait_requests(2)[1].line
            == "POST /messages?session=%41b HTTP/1.1");
      peer.open_gate();
      THEN("its answer comes by the stream") {
        CHECK(client.log->wait_frames_of(id, 1) == strings{"{\"x\":1}"});
      }
    }
  }
  GIVEN("an endpoint of another origin, or none") {
    for (auto text : {"event: endpoint\ndata: " + canary.url() + "\n\n",
                      std::string{"event: endpoint\ndata: file:///x\n\n"},
                      std::string{"event: endpoint\ndata: http://[\n\n"},
                      std::string{"data: {}\n\n"}}) {
      first = text;
      auto end = client.log->wait_ended(client.send("", order));
      CHECK(end.why == errc::protocol_error);
      CHECK_FALSE(end.endpoint_known);
    }
    CHECK(canary.connections() == 0);
  }
}

SCENARIO("a server that is ahead of its client is not read", "[http]") {
  constexpr auto large = 1u << 20;
  auto event = "data: " + std::string(large, 'x') + "\n\n";
  auto sent = std::atomic<size_t>{0};
  auto peer = http_peer{[&](http_peer::talk& t) {
    auto x = peer_request{};
    t.read(x);
    t.begin_events();
    while (sent < 100 && t.send_chunk(event))
      ++sent;
    t.end_chunks();
  }};
  auto client = http_client{std::make_shared<http_pool>(), spec_of(peer.url())};
  client.log->fall_behind();
  auto id = client.listen();
  auto most = defaults::inbound_bytes_max / large;
  client.log->wait_frames_of(id, most);
  GIVEN("a client that has fallen behind") {
    CHECK(client.log->news(id).frames.size() == most);
    WHEN("it catches up") {
      client.log->catch_up();
      THEN("the rest comes") {
        CHECK(client.log->wait_ended(id).frames.size() == 100);
      }
    }
    WHEN("it is stopped") {
      client.stop();
      THEN("its end does not wait for the client to catch up") {
        CHECK(sent < 100);
        CHECK(client.log->text() == "up\ndown closed told to\n");
      }
    }
  }
}

SCENARIO("T2: a server that says nothing on its stream, but much of it, is "
         "told of and not read further",
         "[http]") {
  auto nothing = GENERATE(": nothing\n", "\n", "event: ping\ndata: x\n\n",
                          "id: 7\n\n", "other: x\n");
  auto piece = std::string{};
  while (piece.size() < (1u << 20))
    piece += nothing;
  // More than the window and what sockets hold; an empty line counts most.
  const size_t all = piece == std::string(piece.size(), '\n') ? 20 : 40;
  auto sent = std::atomic<size_t>{0};
  auto peer = http_peer{[&](http_peer::talk& t) {
    auto x = peer_request{};
    t.read(x);
    t.begin_events();
    while (sent < all && t.send_chunk(piece))
      ++sent;
    t.end_chunks();
  }};
  auto client = http_client{std::make_shared<http_pool>(), spec_of(peer.url())};
  client.log->fall_behind();
  auto id = client.listen();
  client.log->wait_full();
  WHEN("the client catches up") {
    client.log->catch_up();
    THEN("the rest comes, and nothing of it is a frame") {
      auto end = client.log->wait_ended(id);
      CHECK(end.idle_bytes + defaults::idle_bytes_lot >= all * piece.size());
      CHECK(end.frames.empty());
    }
  }
  WHEN("the client is stopped") {
    client.stop();
    CHECK(sent < all);
  }
}

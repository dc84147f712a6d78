#include "troupe/tests/support/scripted_site.hpp"

#include <algorithm>
#include <cctype>

namespace troupe::test {

namespace {

using link_ptr = std::shared_ptr<scripted_site::link>;
using site_ptr = std::shared_ptr<scripted_site>;

class site_outbox : public outbox {
public:
  site_outbox(site_ptr site, link_ptr link)
    : site_(std::move(site)), link_(std::move(link)) {
    // nop
  }

  errc push(std::string, uint64_t) override {
    return errc::invalid_argument; // everything is an exchange here
  }
  errc push(std::string frame, uint64_t ticket,
            exchange_order_ptr order) override {
    if (!link_->open)
      return errc::connection_lost;
    if (!site_->takes_requests)
      link_->unsent.push_back(ticket);
    else
      site_->on_push(link_, std::move(frame), std::move(order));
    return errc::none;
  }
  void abandon(uint64_t exchange) override {
    site_->on_abandon(link_, exchange);
  }
  bool revoke(uint64_t) override {
    return false; // it was written as soon as it was pushed
  }
  std::vector<uint64_t> close() override {
    link_->open = false;
    return link_->unsent;
  }
  size_t depth() const override {
    return 0;
  }

private:
  site_ptr site_;
  link_ptr link_;
};

class site_transport : public transport {
public:
  explicit site_transport(site_ptr site)
    : site_(std::move(site)), link_(std::make_shared<scripted_site::link>()) {
    // nop
  }

  ~site_transport() override {
    stop(errc::closed, "its transport was dropped");
  }

  void start(std::unique_ptr<transport_listener> to) override {
    ++site_->connections;
    link_->to = std::move(to);
    transport_listener::up x;
    x.out = std::make_shared<site_outbox>(site_, link_);
    link_->to->on_up(std::move(x));
  }

  void stop(errc why, std::string text) override {
    link_->open = false;
    auto to = std::move(link_->to);
    if (!to)
      return;
    stop_report report;
    report.why = why;
    report.text = std::move(text);
    report.left = proof::no_process;
    to->on_down(std::move(report), {});
  }

private:
  site_ptr site_;
  link_ptr link_;
};

} // namespace

std::string scripted_site::open_request::header(const std::string& name) const {
  for (auto& [key, value] : order->headers)
    if (key == name)
      return value;
  return {};
}

// -- what it does -------------------------------------------------------------

transport_ptr scripted_site::connect() {
  return std::make_shared<site_transport>(shared_from_this());
}

void scripted_site::answer(const open_request& x, std::string result) {
  if (!x.from->to)
    return;
  exchange_news news;
  news.id = x.order->id;
  news.frames = {
    json_rpc::format_result(x.what.id, json::trusted(std::move(result)))};
  news.ended = true;
  news.status = 200;
  x.from->to->on_exchange(std::move(news));
}

void scripted_site::refuse(const open_request& x, int http_status, int64_t code,
                           const std::string& text) {
  auto why = http_status == 401 ? errc::auth_required : errc::server_error;
  end(x, why, fate::refused, http_status,
      code == 0 ? "" : json_rpc::format_error(x.what.id, code, text));
}

void scripted_site::serve_kept() {
  auto x = std::move(kept.front());
  kept.pop_front();
  serve(x);
}

void scripted_site::forget(const open_request& x) {
  end(x, errc::server_error, fate::refused, 404, {}, true);
}

void scripted_site::cut(const open_request& x) {
  end(x, errc::connection_lost, fate::outcome_unknown, 0);
}

void scripted_site::stands(const open_request& x) {
  exchange_news news;
  news.id = x.order->id;
  x.from->to->on_exchange(std::move(news));
}

void scripted_site::end(const open_request& x, errc why, fate became,
                        int http_status, std::string body, bool had_session) {
  if (!x.from->to)
    return;
  exchange_news news;
  news.id = x.order->id;
  news.ended = true;
  news.why = why;
  news.what_became = became;
  news.status = http_status;
  news.was_stream = x.order->what == exchange_order::kind::stream;
  news.body = std::move(body);
  news.had_session = had_session;
  if (why != errc::none)
    news.text = http_status == 0 ? "nobody is there"
                                 : "HTTP " + std::to_string(http_status);
  x.from->to->on_exchange(std::move(news));
}

// -- what its transports do ---------------------------------------------------

void scripted_site::on_push(const link_ptr& from, std::string frame,
                            exchange_order_ptr order) {
  open_request x{from, std::move(order), {}};
  if (!reachable)
    return end(x, errc::connection_lost, fate::not_sent, 0);
  if (status != 0 && status_times > 0) {
    --status_times;
    return end(x, status == 401 ? errc::auth_required : errc::server_error,
               fate::refused, status);
  }
  if (x.order->what != exchange_order::kind::post) {
    ++times["GET"];
    streams.push_back(x);
    return stands(x);
  }
  auto parsed = json_rpc::parse(std::move(frame));
  for (auto& message : parsed.messages) {
    if (auto request = std::get_if<json_rpc::request>(&message)) {
      x.what = std::move(*request);
      on_request(std::move(x));
      return;
    }
    if (auto told = std::get_if<json_rpc::notification>(&message))
      ++times[told->method];
  }
  end(x, errc::none, fate::outcome_unknown, 202);
}

void scripted_site::on_abandon(const link_ptr& from, uint64_t id) {
  abandoned.push_back(id);
  auto is_it = [&](const open_request& x) {
    return x.from == from && x.order->id == id;
  };
  std::erase_if(kept, is_it);
  std::erase_if(streams, is_it);
}

// -- requests -----------------------------------------------------------------

bool scripted_site::keeps(const std::string& method) const {
  return (method == "tools/call" && !answers_calls)
         || (method == "tools/list" && !answers_lists)
         || (method == "ping" && !answers_pings)
         || (method == "initialize" && !answers_initialize);
}

void scripted_site::on_request(open_request x) {
  ++times[x.what.method];
  if (keeps(x.what.method))
    kept.push_back(std::move(x));
  else
    serve(x);
}

void scripted_site::serve(const open_request& x) {
  const auto& method = x.what.method;
  if (method == "server/discover" && modern)
    answer(x, R"({"supportedVersions":["2026-07-28"],)"
              R"("capabilities":{"tools":{}}})");
  else if (method == "initialize" && legacy)
    answer(x, R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{}},)"
              R"("serverInfo":{"name":"scripted","version":"1"}})");
  else if (method == "server/discover" || method == "initialize")
    refuse(x, 404, json_rpc::method_not_found, "no method " + method);
  else if (method == "tools/list")
    answer(x, tools());
  else if (method == "tools/call")
    serve_call(x);
  else
    answer(x, "{}");
}

void scripted_site::serve_call(const open_request& x) {
  if (!header.empty() && x.header("Mcp-Param-" + header).empty())
    return refuse(x, 400, json_rpc::header_mismatch,
                  "Mcp-Param-" + header + " is missing");
  ++executed[*x.what.params.find("name")->as_string()];
  auto result = std::string{R"({"content":[{"type":"text","text":"done"}]})"};
  if (!results.empty()) {
    result = results.front();
    results.pop_front();
  }
  answer(x, std::move(result));
}

std::string scripted_site::tools() const {
  auto note = header.empty() ? "" : R"(,"x-mcp-header":")" + header + '"';
  return R"({"tools":[{"name":")" + tool
         + R"(","annotations":{"readOnlyHint":true},)"
           R"("inputSchema":{"type":"object",)"
           R"("properties":{"where":{"type":"string")"
         + note + R"(}}}}]})";
}

} // namespace troupe::test

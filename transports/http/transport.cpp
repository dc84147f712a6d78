#include "troupe/transports/http/transport.hpp"

#include "troupe/messages/header_text.hpp"
#include "troupe/transports/http/link.hpp"

namespace troupe {

namespace {

class http_outbox : public outbox {
public:
  explicit http_outbox(std::shared_ptr<http_link> link)
    : link_(std::move(link)) {
    // nop
  }

  errc push(std::string, uint64_t) override {
    return errc::invalid_argument;
  }
  errc push(std::string frame, uint64_t ticket,
            exchange_order_ptr order) override {
    return link_->push(std::move(frame), ticket, std::move(order));
  }
  void abandon(uint64_t exchange) override {
    link_->abandon(exchange);
  }
  bool revoke(uint64_t ticket) override {
    return link_->revoke(ticket);
  }
  std::vector<uint64_t> close() override {
    return link_->close();
  }
  size_t depth() const override {
    return link_->depth();
  }

private:
  std::shared_ptr<http_link> link_;
};

class http_transport : public transport {
public:
  explicit http_transport(std::shared_ptr<http_link> link)
    : link_(std::move(link)) {
    // nop
  }

  ~http_transport() override {
    stop(errc::closed, "its transport was dropped");
  }

  void start(std::unique_ptr<transport_listener> to) override {
    link_->start(std::move(to), std::make_shared<http_outbox>(link_));
  }

  void stop(errc why, std::string text) override {
    link_->stop(why, std::move(text));
  }

private:
  std::shared_ptr<http_link> link_;
};

/// Why the spec cannot be used; else empty.
std::string find_fault(const server_spec& spec) {
  for (auto& [name, value] : spec.headers)
    if (!is_token(name) || !is_field_value(value.reveal())
        || is_connection_field(name))
      return "the header " + name + " cannot be sent";
  return {};
}

} // namespace

transport_ptr make_http_transport(std::shared_ptr<http_pool> pool,
                                  const server_spec& spec,
                                  credential_source_ptr credentials) {
  auto fault = find_fault(spec);
  auto url = parse_http_url(spec.url, fault);
  auto client = pool->join();
  auto terms = http_terms{};
  terms.callback_owners = credential_owners::of(spec.name);
  terms.pool = std::move(pool);
  terms.client = client;
  terms.spec = spec;
  terms.url = url.value_or(http_url{});
  terms.credentials = std::move(credentials);
  auto link = std::make_shared<http_link>(std::move(terms), std::move(fault));
  return std::make_shared<http_transport>(std::move(link));
}

} // namespace troupe

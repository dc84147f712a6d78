#include "troupe/transports/redacted_transport.hpp"

namespace troupe {

namespace {

class redacting_listener : public transport_listener {
public:
  redacting_listener(std::unique_ptr<transport_listener> to, redactor_ptr what)
    : to_(std::move(to)), hidden_(std::move(what)) {
    // nop
  }

  void on_up(up x) override {
    x.hidden = hidden_;
    to_->on_up(std::move(x));
  }
  void on_frames(std::vector<std::string> frames) override {
    to_->on_frames(std::move(frames));
  }
  void on_empty_lines(size_t count) override {
    to_->on_empty_lines(count);
  }
  void on_exchange(exchange_news x) override {
    x.text = hidden_->apply(std::move(x.text));
    to_->on_exchange(std::move(x));
  }
  void on_diagnostic(diagnostic::kind what, std::string text) override {
    to_->on_diagnostic(what, hidden_->apply(std::move(text)));
  }
  void on_fault(errc why, std::string text) override {
    to_->on_fault(why, hidden_->apply(std::move(text)));
  }
  void on_down(stop_report report, std::vector<uint64_t> unsent) override {
    report.text = hidden_->apply(std::move(report.text));
    to_->on_down(std::move(report), std::move(unsent));
  }

private:
  std::unique_ptr<transport_listener> to_;
  redactor_ptr hidden_;
};

class redacted_transport : public transport {
public:
  redacted_transport(transport_ptr inner, redactor_ptr hidden)
    : inner_(std::move(inner)), hidden_(std::move(hidden)) {
    // nop
  }

  void start(std::unique_ptr<transport_listener> to) override {
    inner_->start(std::make_unique<redacting_listener>(std::move(to), hidden_));
  }
  void stop(errc why, std::string text) override {
    inner_->stop(why, std::move(text));
  }

private:
  transport_ptr inner_;
  redactor_ptr hidden_;
};

} // namespace

transport_ptr make_redacted(transport_ptr inner, redactor_ptr hidden) {
  return std::make_shared<redacted_transport>(std::move(inner),
                                              std::move(hidden));
}

} // namespace troupe

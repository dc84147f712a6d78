#include "troupe/transports/failed_transport.hpp"

namespace troupe {

namespace {

class failed_transport : public transport {
public:
  explicit failed_transport(failure why) : why_(std::move(why)) {
    // nop
  }

  void start(std::unique_ptr<transport_listener> to) override {
    stop_report report;
    report.why = why_.code;
    report.text = why_.text;
    report.left = proof::never_started;
    to->on_down(std::move(report), {});
  }

  void stop(errc, std::string) override {
    // nop
  }

private:
  failure why_;
};

} // namespace

transport_ptr make_failed_transport(failure why) {
  return std::make_shared<failed_transport>(std::move(why));
}

} // namespace troupe

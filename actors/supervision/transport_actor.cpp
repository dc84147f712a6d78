#include "troupe/actors/supervision/transport_actor.hpp"

#include "troupe/actors/type_ids.hpp"

namespace troupe {

namespace {

/// Brings what a transport says, on its thread, into mailboxes: frames straight
/// to the client, everything else to the transport's own actor.
class to_mailboxes : public transport_listener {
public:
  to_mailboxes(client_handle client, transport_handle owner,
               uint64_t incarnation)
    : client_(std::move(client)), owner_(std::move(owner)),
      incarnation_(incarnation) {
    // nop
  }

  void on_up(up x) override {
    tell_anon(owner_, transport_up{incarnation_, std::move(x)});
  }

  void on_frames(std::vector<std::string> frames) override {
    tell_anon(client_, inbound_frames{incarnation_, std::move(frames), 0});
  }

  void on_empty_lines(size_t count) override {
    tell_anon(client_, inbound_frames{incarnation_, {}, count});
  }

  void on_exchange(exchange_news news) override {
    tell_anon(client_, inbound_exchange{incarnation_, std::move(news)});
  }

  void on_diagnostic(diagnostic::kind what, std::string text) override {
    tell_anon(owner_, transport_remark{incarnation_, what, std::move(text)});
  }

  void on_fault(errc why, std::string text) override {
    tell_anon(owner_, transport_fault{incarnation_, why, std::move(text)});
  }

  void on_down(stop_report report, std::vector<uint64_t> unsent) override {
    report.incarnation = incarnation_;
    tell_anon(owner_, transport_ended{std::move(report), std::move(unsent)});
  }

private:
  client_handle client_;
  transport_handle owner_;
  uint64_t incarnation_;
};

} // namespace

transport_actor::transport_actor(caf::actor_config& config,
                                 transport_actor_options options)
  : actor_base(config), client_(std::move(options.client)),
    monitor_(std::move(options.monitor)), incarnation_(options.incarnation),
    transport_(std::move(options.transport)) {
  // nop
}

transport_actor::~transport_actor() = default;

caf::message_handler transport_actor::handlers() {
  link_to(client_);
  tell(this, monitor_, member_joined{{}, me()});
  return table_of<transport_actor>(
    [this](const open_transport&) { open(); },
    [this](const stop_transport& x) {
      if (opened_) {
        transport_->stop(x.why, x.text);
        return;
      }
      transport_ended word;
      word.report.incarnation = incarnation_;
      word.report.why = x.why;
      word.report.text = x.text;
      on_ended(word);
    },
    [this](const transport_up& x) { tell(this, client_, x); },
    [this](const transport_fault& x) { tell(this, client_, x); },
    [this](const transport_remark& x) { tell(this, client_, x); },
    [this](transport_ended& x) { on_ended(x); },
    [this](const get_status&) {
      return status("incarnation " + std::to_string(incarnation_));
    });
}

void transport_actor::open() {
  opened_ = true;
  transport_->start(std::make_unique<to_mailboxes>(
    client_, transport_handle{me()}, incarnation_));
}

void transport_actor::on_ended(transport_ended& x) {
  auto report = x.report;
  tell(this, client_, std::move(x));
  quit(exit_carrying(std::move(report)));
}

// The client is gone, or another actor told this one to end, which is a fault.
// Stops the transport; this actor ends once that is down.
void transport_actor::on_exit_msg(const caf::actor_addr& source,
                                  const caf::error&) {
  if (opened_ && source == client_->address())
    transport_->stop(errc::client_down, "the client ended");
  else if (opened_)
    transport_->stop(errc::internal_error, "its transport was told to end");
  else
    quit(exit_carrying(stop_report{}));
}

// Also where this actor was killed: the transport releases what it owns on its
// own thread, and nothing blocks.
void transport_actor::on_stop() {
  if (transport_)
    transport_->stop(errc::client_down, "the transport's actor ended");
  transport_.reset();
  tell(this, monitor_, member_left{{}, address()});
  monitor_ = nullptr;
  client_ = nullptr;
}

} // namespace troupe

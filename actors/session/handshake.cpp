#include "troupe/actors/session/handshake.hpp"

namespace troupe {

handshake::handshake(const session_options& options, frame_sender& out)
  : sender_(out),
    legacy_(make_legacy_dialect(options.client, options.capabilities)),
    modern_(make_modern_dialect(options.client, options.capabilities)),
    choice_(options.dialect), known_(options.known), learnt_(options.known),
    probe_timeout_(options.timeouts.probe) {
  sender_.speak(*legacy_);
}

// -- steps -------------------------------------------------------------------

void handshake::start(time_point now, session_events& out) {
  auto legacy_first =
    known_ != known_dialect::unknown && known_ != known_dialect::modern;
  // HTTP+SSE is older than the modern dialect: there is nothing to ask.
  if (sender_.http()
      && (sender_.kind() == wire_kind::http_sse
          || (automatic() && known_ == known_dialect::legacy_sse)))
    open_endpoint(out);
  else if (choice_ == dialect_choice::legacy || (automatic() && legacy_first))
    initialize(out);
  else
    probe(now, out);
}

void handshake::on_result(const json& value, time_point now,
                          session_events& out) {
  follow(sender_.speaking().judge(value), now, out);
}

void handshake::on_error(const json_rpc::error& x, time_point now,
                         session_events& out) {
  auto verdict = sender_.speaking().judge(x);
  if (stage_ == stage::probing) {
    probe_ = probe_outcome::refused;
  } else if (may_probe_again(x.code)) {
    refused_ = std::make_unique<refusal>(refusal{std::move(verdict.why)});
    probe(now, out);
    return;
  } else if (known_ == known_dialect::legacy_mute) {
    // What was remembered of the server does not help; ask anew next time.
    learnt_ = known_dialect::unknown;
  }
  follow(std::move(verdict), now, out);
}

// A modern server's answer to the probe would be readable.
void handshake::on_unreadable(const std::string& why, time_point now,
                              session_events& out) {
  opening_verdict verdict;
  auto probed = stage_ == stage::probing;
  if (probed) {
    probe_ = probe_outcome::refused;
    verdict.what = opening_verdict::next::other_dialect;
  }
  verdict.why = {errc::handshake_failed, fate::refused,
                 std::string{"the answer to "}
                   + (probed ? "server/discover" : "initialize")
                   + " cannot be read: " + why};
  follow(std::move(verdict), now, out);
}

handshake::meaning handshake::on_anonymous_error(const json_rpc::error& x,
                                                 time_point now,
                                                 session_events& out) {
  if (!open_ || stage_ == stage::confirming)
    return meaning::nothing;
  // Servers answer in order: this one belongs to the probe that we gave up.
  if (silent_id_) {
    on_late_answer(*silent_id_, true);
    return meaning::late_answer;
  }
  on_error(x, now, out);
  return meaning::answer;
}

void handshake::on_late_answer(uint64_t id, bool refused) {
  if (silent_id_ != id)
    return;
  silent_id_.reset();
  if (!refused)
    return;
  probe_ = probe_outcome::refused;
  if (stage_ == stage::initializing && learnt_ == known_dialect::legacy_mute)
    learnt_ = known_dialect::legacy; // whatever ends it now was not the probe
}

void handshake::on_time(time_point now, session_events& out) {
  auto due = deadline();
  if (!due || now < *due)
    return;
  probe_ = probe_outcome::silent;
  silent_id_ = open_->id;
  failure why;
  why.text = "server/discover was not answered";
  fall_back(std::move(why), out);
}

// -- observers ---------------------------------------------------------------

dialect& handshake::listening() const {
  auto undecided = stage_ == stage::probing && automatic();
  return undecided ? *legacy_ : sender_.speaking();
}

// -- parts -------------------------------------------------------------------

void handshake::probe(time_point now, session_events& out) {
  stage_ = stage::probing;
  open_ = open_request{sender_.next_id(), {}};
  if (automatic() && !sender_.http()) {
    open_->deadline = now + probe_timeout_;
    // A modern server that ends here once may just have crashed.
    if (!refused_)
      learnt_ = known_ == known_dialect::modern ? known_dialect::unknown
                                                : known_dialect::legacy_mute;
  }
  sender_.speak(*modern_, std::string{modern_version});
  sender_.request(modern_->opening(open_->id), 0,
                  {open_->id, "server/discover"}, out);
}

void handshake::initialize(session_events& out) {
  stage_ = stage::initializing;
  open_ = open_request{sender_.next_id(), {}};
  sender_.speak(*legacy_);
  sender_.request(legacy_->opening(open_->id), 0, {open_->id, "initialize"},
                  out);
}

void handshake::follow(opening_verdict verdict, time_point now,
                       session_events& out) {
  using next = opening_verdict::next;
  open_.reset();
  if (verdict.what == next::established) {
    establish(std::move(verdict.peer), out);
  } else if (verdict.what == next::once_more && !tried_once_more_) {
    tried_once_more_ = true;
    probe(now, out);
    learnt_ = known_dialect::modern;
  } else if (verdict.what == next::once_more) {
    verdict.why.code = errc::handshake_failed;
    verdict.why.text = "the server refuses the version that it names";
    fail(std::move(verdict.why), out);
  } else if (verdict.what == next::other_dialect && stage_ == stage::probing) {
    learnt_ = known_dialect::legacy;
    fall_back(std::move(verdict.why), out);
  } else {
    fail(std::move(verdict.why), out);
  }
}

void handshake::fall_back(failure why, session_events& out) {
  if (automatic() && !refused_) {
    initialize(out);
    return;
  }
  if (refused_ && refused_->may_be_older) {
    open_endpoint(out);
    return;
  }
  // There is nothing left to try; why `initialize` failed says more.
  if (refused_)
    why = std::move(refused_->why);
  if (why.code == errc::none)
    why.code = errc::handshake_failed;
  why.what_became = fate::refused;
  fail(std::move(why), out);
}

void handshake::establish(session_established peer, session_events& out) {
  auto legacy = stage_ == stage::initializing;
  // A server that ended on the probe once is never probed again.
  if (!legacy)
    learnt_ = known_dialect::modern;
  else if (sender_.kind() == wire_kind::http_sse)
    learnt_ = known_dialect::legacy_sse;
  else if (known_ != known_dialect::legacy_mute)
    learnt_ = known_dialect::legacy;
  peer.dialect = learnt_;
  sender_.speak(sender_.speaking(), peer.version);
  peer_ = std::make_unique<session_established>(std::move(peer));
  uint64_t exchange = 0;
  if (auto frame = sender_.speaking().confirmation(); !frame.empty())
    exchange =
      sender_.notification(std::move(frame), "notifications/initialized", out);
  if (exchange == 0) {
    conclude();
  } else {
    stage_ = stage::confirming;
    open_ = open_request{exchange, {}};
  }
}

void handshake::conclude() {
  open_.reset();
  stage_ = stage::established;
  (sender_.modern() ? legacy_ : modern_).reset();
}

void handshake::fail(failure why, session_events& out) {
  stage_ = stage::failed;
  open_.reset();
  out.push_back(session_failed{std::move(why)});
}

// A server of both dialects may have taken our probe, however late, as the
// choice of the modern one; a modern one refuses `initialize` with any code.
// A server that dies of the probe is probed again only if it does not know
// `initialize` at all.
bool handshake::may_probe_again(int64_t code) const {
  if (!automatic() || refused_)
    return false;
  if (code == json_rpc::unsupported_protocol_version)
    return true;
  if (probe_ == probe_outcome::refused)
    return false;
  return known_ != known_dialect::legacy_mute
         || code == json_rpc::method_not_found;
}

bool handshake::automatic() const {
  return choice_ == dialect_choice::automatic;
}

} // namespace troupe

#pragma once

#include "troupe/messages/failure.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace troupe {

/// Takes the answer to one question to a source of credentials. May be called
/// at once or later, from any thread. Copies belong to the same question: the
/// first answer by any of them counts, and further ones are ignored. Where the
/// last copy goes without an answer, the question fails with `internal_error`.
/// A copy may outlive the request, its transport and the runtime. Thread-safe.
class credential_reply {
public:
  /// Gets the answer: once, on the thread that answers, or on that where the
  /// last copy goes. What it throws is dropped.
  using sink = std::function<void(answer<std::string>)>;

  /// For who asks: the transports, a source that asks another one, a test.
  /// `to` must not be empty.
  explicit credential_reply(sink to);

  /// The value of `Authorization`, as "Bearer abc"; empty: none is sent. One
  /// with CR, LF or NUL fails the request.
  void give(std::string authorization) const;

  /// There are no credentials. Of `why`, two fields count. `text`: for users,
  /// cut after `defaults::remark_bytes_max`, and must hold no secret. `code`:
  /// `auth_required` where a person must act first; the server then waits in
  /// `auth_required` until `credential_source::tell_changed` or a reload. Any
  /// other code fails the request with `internal_error`.
  void fail(failure why) const;

private:
  class question;
  std::shared_ptr<question> question_;
};

/// A question for credentials. The source that gets it owns it.
struct credential_request {
  /// Where the request goes: `https://host`, or with a port that is not the
  /// scheme's own.
  std::string origin;
  /// When the request is given up at the latest. Later answers are ignored.
  std::chrono::steady_clock::time_point deadline;
  /// Stop is requested soon after the request was given up: it was cancelled,
  /// its transport was stopped, or `deadline` has passed. Never once it has
  /// been answered. A `std::stop_callback` runs on a thread of a
  /// `callback_pool` and may block, but it must not throw: the standard library
  /// ends the process then. Where that pool is full, stop is not requested.
  std::stop_token stop;
};

/// A request was refused with 401, or 403 and a challenge.
struct credential_challenge {
  credential_request request;
  /// 401 or 403.
  int status = 0;
  /// The values of `WWW-Authenticate` as they came, in order; may be empty.
  std::vector<std::string> values;
  /// What the source had given for this request, a secret. Where it has other
  /// credentials by now, some other request was refused before.
  std::string refused;
  /// Whether the request can be sent once more. False: it was, and was refused
  /// again; the answer is awaited, but not used.
  bool may_repeat = true;
};

/// Where a transport gets the credentials of a request. Bound to one origin
/// (RFC 6454: scheme, host, port): the first that it is given for in a runtime.
/// A server at another origin that is given the same source is refused, so that
/// its credentials go nowhere else.
///
/// Thread-safe: it is called on the threads of a `callback_pool`, two calls at
/// a time for each server. A call should return soon and answer when it can:
/// then it holds no thread meanwhile, and any number of questions may be open.
/// One that blocks delays its own server alone; sources that do are written as
/// a `blocking_credential_source`. An exception before the answer fails the
/// question with `internal_error`; its text is not shown, as it may hold a
/// secret. The source may be destroyed while questions are open.
class credential_source {
public:
  credential_source();
  virtual ~credential_source();

  /// Asks for the credentials of the next request to `request.origin`. Where
  /// there are none, by a failure, nothing is sent.
  virtual void authorization(credential_request request,
                             credential_reply then) = 0;

  /// Tells of a refusal, and asks for other credentials. Where the answer is
  /// neither empty nor `refused`, the request is sent again with it, once. Else
  /// the server waits in `auth_required`.
  virtual void challenged(credential_challenge challenge,
                          credential_reply then) = 0;

  /// For the source itself to call, from any thread: there are new credentials.
  /// Servers of its origin that wait for some (phase `auth_required`) are tried
  /// again at once, as the gate for starts allows.
  void tell_changed();

  /// Calls `f` at each `tell_changed`, for as long as `f` lives. It must return
  /// soon.
  void watch(std::weak_ptr<std::function<void()>> f);

private:
  struct watchers;
  std::unique_ptr<watchers> watchers_;
};

using credential_source_ptr = std::shared_ptr<credential_source>;

} // namespace troupe

#include "troupe/transports/blocking_credentials.hpp"

#include "troupe/transports/guarded.hpp"

namespace troupe {

void blocking_credential_source::authorization(credential_request request,
                                               credential_reply then) {
  try {
    then.give(authorization(request.origin));
  } catch (const credential_fault& x) {
    then.fail({errc::internal_error, fate::not_sent, x.text});
  }
}

void blocking_credential_source::challenged(credential_challenge challenge,
                                            credential_reply then) {
  auto text = std::string{};
  for (auto& x : challenge.values)
    text += (text.empty() ? "" : ", ") + x;
  guarded(
    [&] { challenged(challenge.request.origin, challenge.status, text); });
  if (challenge.may_repeat)
    authorization(std::move(challenge.request), std::move(then));
  else
    then.give({});
}

} // namespace troupe

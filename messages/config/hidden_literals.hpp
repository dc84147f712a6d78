#pragma once

#include "troupe/messages/config/redactor.hpp"
#include "troupe/messages/server_spec.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// Hides secrets that a specification holds as plain text:
///
/// - values of headers, except those that say what we are or accept; whole, and
///   without the scheme of `Authorization`, as `(header NAME)`
/// - values in `env` whose name tells of a secret, as `(env NAME)`
/// - values in the query of `url`, as sent and decoded, as `(url NAME)`
/// - the host of `url` where variables made it, in lower case, as `(url host)`
///
/// Of a value with variables in it, the defaults and the literal text are
/// hidden. The variables' own values are shown as `${NAME}`: hide those first.
void hide_literals(const server_spec& raw, const server_spec& resolved,
                   hidden_values& hidden);

/// Hides the value of a variable in `url`, in the forms that a server or an
/// error can have it in: as it is, in lower case, and decoded.
void hide_in_url(std::string_view value, std::string_view shown,
                 hidden_values& hidden);

} // namespace troupe

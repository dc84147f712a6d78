#pragma once

#include <string>
#include <string_view>

/// Texts as the headers of HTTP have them (RFC 9110).
namespace troupe {

/// RFC 9110, section 5.6.2: a method, or a field's name.
bool is_token(std::string_view text);

/// What may be sent as a field's value: no CR, LF or NUL.
bool is_field_value(std::string_view text);

/// A field that says how a message is framed, which host it is for, or what
/// becomes of its connection (RFC 9110, section 7.6; RFC 9112): the sender of
/// the message sets it, and a second one would contradict it.
bool is_connection_field(std::string_view name);

/// With ASCII letters in lower case; others stay.
std::string lower_case(std::string_view text);

/// Whether they are equal, ignoring the case of ASCII letters.
bool same_letters(std::string_view x, std::string_view y);

/// Without the blanks and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// RFC 4648, section 4, with padding.
std::string base64(std::string_view bytes);

} // namespace troupe

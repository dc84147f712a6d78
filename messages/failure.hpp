#pragma once

#include "troupe/messages/errc.hpp"
#include "troupe/messages/json/json.hpp"

#include <chrono>
#include <type_traits>

namespace troupe {

/// Why a request has no result.
struct failure {
  errc code = errc::none;
  fate what_became = fate::not_sent;
  /// For people: what happened, and to whom. Holds no secret; text that comes
  /// from a server is not escaped (see `escape_text`).
  std::string text{};
  /// JSON-RPC's `error.code` and `error.data`, as the server sent them; 0 and
  /// null unless `code` is `server_error`. Hidden values in the data are
  /// replaced; where there are any to look for, data that is too large to be
  /// searched (`searched_bytes_max` in `defaults`) is null, and `text` says so.
  int64_t server_code = 0;
  json server_data{};
  /// How long to wait before a repeat; 0: repeat at once, or never (see
  /// `code`). A repeat before that gets the same answer.
  std::chrono::milliseconds retry_after{0};
  /// Whether it stays so until a person acts: logs in, mends a configuration.
  bool needs_person = false;

  explicit operator bool() const {
    return code != errc::none;
  }
};

TROUPE_INSPECT(failure, code, what_became, text, server_code, server_data,
               retry_after, needs_person)

template <class U, class T>
inline constexpr bool is_value_of =
  std::is_convertible_v<U, T> && !std::is_convertible_v<U, failure>;

template <class U, class T>
concept value_of = is_value_of<U, T>;

/// The terminal answer to a request: a value, or else the reason for none.
template <class T>
struct answer {
  T value{};
  failure error;

  answer() = default;
  answer(T x) : value(std::move(x)) {
    // nop
  }
  /// Of what becomes a `T`.
  template <value_of<T> U>
  answer(U x) : value(std::move(x)) {
    // nop
  }
  answer(failure x) : error(std::move(x)) {
    // nop
  }

  /// Whether there is a value.
  bool ok() const {
    return error.code == errc::none;
  }
};

template <class Inspector, class T>
auto inspect(Inspector& f, answer<T>& x) {
#if TROUPE_CAF_0_17
  return f(caf::meta::type_name("answer"), x.value, x.error);
#else
  return f.object(x).fields(f.field("value", x.value),
                            f.field("error", x.error));
#endif
}

} // namespace troupe

#include "troupe/messages/json/json.hpp"

#include <charconv>
#include <limits>

namespace troupe {

namespace {

// A number as written, in the form 0.ddd * 10^exponent without zeros around.
struct decimal {
  bool negative = false;
  std::string digits;
  int64_t exponent = 0;
};

// What is larger than any exponent that matters, and cannot overflow.
constexpr int64_t exponent_cap = 1'000'000'000;

int64_t read_exponent(std::string_view text) {
  if (text.empty())
    return 0;
  text.remove_prefix(text.front() == '+' ? 1 : 0);
  int64_t result = 0;
  auto [_, failed] =
    std::from_chars(text.data(), text.data() + text.size(), result);
  if (failed != std::errc{} || result > exponent_cap || result < -exponent_cap)
    return text.front() == '-' ? -exponent_cap : exponent_cap;
  return result;
}

void strip_zeros(decimal& x) {
  auto first = x.digits.find_first_not_of('0');
  if (first == std::string::npos) {
    x = {x.negative, "", 0};
    return;
  }
  x.digits.erase(0, first);
  x.exponent -= static_cast<int64_t>(first);
  x.digits.erase(x.digits.find_last_not_of('0') + 1);
}

decimal read_decimal(std::string_view text) {
  decimal result;
  result.negative = text.front() == '-';
  text.remove_prefix(result.negative ? 1 : 0);
  auto exponent = std::min(text.find_first_of("eE"), text.size());
  auto mantissa = text.substr(0, exponent);
  auto point = std::min(mantissa.find('.'), mantissa.size());
  result.digits = mantissa.substr(0, point);
  if (point != mantissa.size())
    result.digits += mantissa.substr(point + 1);
  result.exponent =
    static_cast<int64_t>(point)
    + read_exponent(text.substr(std::min(exponent + 1, text.size())));
  strip_zeros(result);
  return result;
}

std::optional<int64_t> to_integer(decimal x) {
  constexpr int64_t digits_max = 19; // of 2^63
  if (x.digits.empty())
    return 0;
  auto size = static_cast<int64_t>(x.digits.size());
  if (size > x.exponent || x.exponent > digits_max)
    return std::nullopt;
  x.digits.append(static_cast<size_t>(x.exponent - size), '0');
  if (x.negative)
    x.digits.insert(0, "-");
  int64_t result = 0;
  auto end = x.digits.data() + x.digits.size();
  auto [_, failed] = std::from_chars(x.digits.data(), end, result);
  return failed == std::errc{} ? std::optional{result} : std::nullopt;
}

} // namespace

std::optional<int64_t> json::as_integer() const {
  if (type() != kind::number)
    return std::nullopt;
  auto x = text();
  int64_t result = 0;
  auto [end, failed] = std::from_chars(x.data(), x.data() + x.size(), result);
  if (failed == std::errc{} && end == x.data() + x.size())
    return result;
  return to_integer(read_decimal(x));
}

std::optional<double> json::as_double() const {
  if (type() != kind::number)
    return std::nullopt;
  auto x = text();
  double result = 0;
  auto [_, failed] = std::from_chars(x.data(), x.data() + x.size(), result);
  if (failed == std::errc{})
    return result;
  // Out of range: either too large, or too small to be told from 0.
  auto written = read_decimal(x);
  if (written.exponent > 0)
    return std::nullopt;
  return written.negative ? -0.0 : 0.0;
}

} // namespace troupe

#pragma once

#include "troupe/actors/session/dialect.hpp"

#include <string>
#include <unordered_set>

namespace troupe {

/// Gathers the pages of one list, such as `tools/list`. Bounded in pages and
/// items; a repeated cursor ends the list, so that a server cannot keep us in a
/// loop. What was gathered until then counts.
class offer_pages {
public:
  /// `over_http`: tools whose annotations make them unfit for it are left out.
  explicit offer_pages(offer_kind what, bool over_http = false)
    : words_(words_of(what)), over_http_(over_http), list_(empty_list(what)) {
    // nop
  }

  /// Adds a page. Fails if it is malformed.
  failure add(const json& page, const dialect& spoken);

  /// Whether there is a further page; `cursor` then is its cursor, as sent.
  bool more() const {
    return !cursor_.is_null();
  }

  const json& cursor() const {
    return cursor_;
  }

  const offer_words& words() const {
    return words_;
  }

  /// Why the list ended before its end; empty: it did not.
  const std::string& cut_short() const {
    return cut_short_;
  }

  offer_list take();

private:
  void add_item(tool_list& to, const json& x);
  void add_item(resource_list& to, const json& x);
  void add_item(resource_template_list& to, const json& x);
  void add_item(prompt_list& to, const json& x);
  template <class T, class Parsed>
  void put(std::vector<T>& to, Parsed parsed, std::string T::*key);
  void turn(const json& page, const dialect& spoken);
  void reject(std::string_view reason);

  const offer_words& words_;
  bool over_http_;
  offer_list list_;
  /// Names or URIs.
  std::unordered_set<std::string> keys_;
  std::unordered_set<std::string> cursors_;
  json cursor_;
  std::string cut_short_;
  size_t pages_ = 0;
  size_t items_ = 0;
};

} // namespace troupe

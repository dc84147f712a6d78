#pragma once

#include "troupe/actors/session/session.hpp"
#include "troupe/messages/config/redactor.hpp"
#include "troupe/messages/defaults.hpp"

#include <map>

/// Redacts the words of a server on their way to a person, a status, an event
/// or an error: all of them pass here. What it was asked for (results of tools,
/// contents of resources, prompts) is for its caller and stays as it is.
namespace troupe {

/// Redacts what a session tells, in bounded time: beyond
/// `defaults::searched_bytes_max` in one turn, texts are cut and data is left
/// out. Where nothing is hidden, all stays as it is.
class server_words {
public:
  /// Begins with the redactor of a new connection; null hides nothing.
  void begin(redactor_ptr hidden);

  void begin_turn() {
    left_ = defaults::searched_bytes_max;
  }

  /// Redacts all texts of an event but lists: see `list_search`.
  void redact(session_event& x);

  const redactor_ptr& hidden() const {
    return hidden_;
  }
  /// The bytes that may be searched in this turn.
  size_t& left() {
    return left_;
  }

private:
  void redact(std::string& text);
  void redact(failure& x);
  void redact(session_established& x);
  void redact(input_wanted& x);

  redactor_ptr hidden_ = make_redactor({});
  size_t left_ = 0;
};

/// Maps names and URIs that were shown redacted to the real ones, so that a
/// listed item can be asked for by the name that was shown.
class shown_names {
public:
  using real_by_shown = std::map<std::string, std::string>;

  /// Replaces the names of an earlier list.
  void learn(offer_kind what, real_by_shown names);
  bool empty() const;

  /// The real name of one that was shown.
  std::string real_name(offer_kind what, std::string shown) const;

  /// The request, with the real names in place of those that were shown.
  template <class Request>
  Request real(Request x) const {
    for_each_name(
      x, [this](offer_kind what, std::string& name) { look_up(what, name); });
    return x;
  }

private:
  void look_up(offer_kind what, std::string& name) const;

  std::map<offer_kind, real_by_shown> names_; // none of them empty
};

/// Redacts a list, as far in one turn as its budget goes. An item that is too
/// large to be redacted in one turn is only searched, and left out, with a
/// sentence in `rejected`, where it holds a hidden value.
class list_search {
public:
  /// `incarnation`: of the connection that the list came by.
  list_search(list_ended what, redactor_ptr hidden, uint64_t incarnation);

  /// Searches on, and takes the bytes from `left`. Returns whether all is
  /// searched. A full budget always gets further.
  bool go_on(size_t& left);

  uint64_t incarnation() const {
    return incarnation_;
  }
  /// The redacted list, once all is searched.
  list_ended& list() {
    return list_;
  }
  shown_names::real_by_shown& names() {
    return names_;
  }

private:
  enum class verdict : uint8_t { later, keep, leave_out };

  template <class List>
  bool go_on_in(List& list, size_t& left);
  template <class Item>
  verdict judge(Item& item, size_t& left);
  template <class Item>
  verdict replace(Item& item);
  verdict judge_large(const json& raw, size_t& left);

  list_ended list_;
  redactor_ptr hidden_;
  uint64_t incarnation_ = 0;
  shown_names::real_by_shown names_;
  size_t item_ = 0;                       // the next to be searched
  size_t kept_ = 0;                       // how many of those before it stay
  size_t rejected_ = 0;                   // the next sentence to be searched
  size_t refused_ = 0;                    // the sentences that were added here
  std::optional<redactor::search> large_; // of the item at hand
};

} // namespace troupe

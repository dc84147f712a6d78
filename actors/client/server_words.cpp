#include "troupe/actors/client/server_words.hpp"

#include "troupe/messages/cut_text.hpp"

#include <algorithm>

namespace troupe {

void server_words::begin(redactor_ptr hidden) {
  hidden_ = hidden ? std::move(hidden) : make_redactor({});
}

void server_words::redact(session_event& x) {
  auto visit = [this]<class T>(T& event) {
    if constexpr (std::is_same_v<T, session_failed>)
      redact(event.why);
    else if constexpr (std::is_same_v<T, request_answered>)
      redact(event.error);
    else if constexpr (std::is_same_v<T, list_ended>)
      redact(event.list.error);
    else if constexpr (std::is_same_v<T, request_progressed>)
      redact(event.message);
    else if constexpr (std::is_same_v<T, session_remark>)
      redact(event.text);
    else if constexpr (
      std::is_same_v<T, session_established> || std::is_same_v<T, input_wanted>)
      redact(event);
    // Other events hold no text of the server's.
  };
  std::visit(visit, x);
}

/// Cut first: what is not searched is not shown.
void server_words::redact(std::string& text) {
  if (hidden_->empty() || text.empty())
    return;
  text = cut_text(text, left_);
  left_ -= std::min(left_, text.size());
  text = hidden_->apply(std::move(text));
}

void server_words::redact(failure& x) {
  redact(x.text);
  auto size = x.server_data.text().size();
  if (hidden_->empty() || x.server_data.is_null())
    return;
  if (size <= left_) {
    left_ -= size;
    x.server_data = hidden_->apply(x.server_data);
    return;
  }
  x.server_data = json{};
  x.text += " (its data of " + std::to_string(size) + " bytes is left out: "
            + (size > defaults::searched_bytes_max
                 ? "it is too large to be searched for secrets)"
                 : "too much came at once to be searched for secrets)");
}

void server_words::redact(session_established& x) {
  x.instructions = cut_text(x.instructions, defaults::instructions_bytes_max);
  for (auto text :
       {&x.server.name, &x.server.title, &x.server.version, &x.instructions})
    redact(*text);
}

/// Redacts a question to a person. A URL that the user is sent to must work;
/// questions to a model are not shown to people.
void server_words::redact(input_wanted& x) {
  if (hidden_->empty() || x.what != server_request::kind::elicitation
      || !x.params.is_object())
    return;
  if (x.params.text().size() > left_) {
    x.params = json{}; // too large to redact: withheld
    return;
  }
  left_ -= x.params.text().size();
  json_writer params;
  params.begin_object();
  for (const auto& [name, value] : x.params.members())
    params.member(name, name == "url" ? value : hidden_->apply(value));
  x.params = params.end_object().finish();
}

// -- shown_names --------------------------------------------------------------

void shown_names::learn(offer_kind what, real_by_shown names) {
  names_.erase(what);
  if (!names.empty())
    names_.emplace(what, std::move(names));
}

bool shown_names::empty() const {
  return names_.empty();
}

void shown_names::look_up(offer_kind what, std::string& name) const {
  auto names = names_.find(what);
  if (names == names_.end())
    return;
  if (auto i = names->second.find(name); i != names->second.end())
    name = i->second;
}

std::string shown_names::real_name(offer_kind what, std::string shown) const {
  look_up(what, shown);
  return shown;
}

} // namespace troupe

#pragma once

#include "troupe/actors/client/asked_call.hpp"
#include "troupe/actors/client/list_reply.hpp"
#include "troupe/actors/client/open_callers.hpp"
#include "troupe/actors/client/refresh_pace.hpp"
#include "troupe/actors/client/server_words.hpp"
#include "troupe/actors/client/wait_deadline.hpp"
#include "troupe/actors/session/session.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace troupe {

inline constexpr std::array all_offer_kinds{
  offer_kind::tools, offer_kind::resources, offer_kind::resource_templates,
  offer_kind::prompts};

/// The lists of one server: the last that are known and whether they are fresh,
/// who waits for the next, and when a list is read again. Lists that were asked
/// for once are kept up to date. What is known goes when the specification
/// names another server. Knows no session: the steps return which kinds are to
/// be read now, and `reading` tells it by which ticket each is read. Pure: the
/// time is given.
class catalog {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// An answer that is to be given now.
  struct ending {
    list_reply to;
    answer<offer_list> with;
  };
  using endings = std::vector<ending>;
  using kinds = std::vector<offer_kind>;

  /// `with_headers`: over HTTP, where arguments may travel as headers.
  explicit catalog(bool with_headers) : with_headers_(with_headers) {
    // nop
  }

  // -- requests

  /// The list that can be given at once, if any: while the server is away, the
  /// last good one, marked as stale.
  std::optional<offer_list> known(offer_kind what, bool refresh,
                                  bool away) const;
  size_t waiting(offer_kind what) const;
  void wait(list_reply to, open_callers::hold caller, wait_deadline by);

  // -- what is to be read, where the server is ready

  /// Whether to read this list now for its waiters: one reading at a time.
  bool wanted(offer_kind what) const;
  /// The lists asked for before: a new connection may offer something else.
  kinds followed() const;
  /// The server has changed its list. Returns what to read now; the rest is due
  /// later (`take_due`), or once the reading under way has ended.
  kinds changed(offer_kind what, time_point now);
  kinds take_due(time_point now);
  /// The list is being read by this ticket; 0: the request was not sent.
  void reading(offer_kind what, uint64_t ticket);
  /// Like `reading`, and counts for the pace of refreshes.
  void reading_again(offer_kind what, uint64_t ticket, time_point now);
  bool reads(offer_kind what) const;
  /// Whether a list is read by this ticket.
  bool reads(uint64_t ticket) const;
  bool reads_tools_by(uint64_t ticket) const {
    return of(offer_kind::tools).ticket == ticket;
  }

  // -- results

  struct outcome {
    endings answers;
    /// It changed while it was read, and is to be read again at once.
    bool again = false;
  };

  outcome listed(list_ended& x, time_point now);
  endings failed(uint64_t ticket, const failure& why);

  // -- ends

  /// Readings end with the connection. Waiters go on waiting, for the next one.
  void on_connection_lost();
  /// The specification names another server, or this one by other credentials.
  void forget(bool with_headers);
  endings end_all(const failure& why);
  endings end_of(const caf::actor_addr& caller, const failure& why);
  /// Takes the waiters whose deadline has passed.
  std::vector<list_reply> expire(time_point now, bool queued);

  // -- deadlines

  /// `queued`: the start is queued at the gate, where defaults are paused.
  std::optional<time_point> next_deadline(bool queued) const;
  void put_off(time_point begin, time_point end);

  // -- what the lists say of a request

  /// Maps names as a list showed them to the real ones. Names of a replaced
  /// server are not learnt.
  void learn_names(offer_kind what, shown_names::real_by_shown x) {
    names_.learn(what, std::move(x));
  }
  const shown_names& names() const {
    return names_;
  }
  /// The number of the server that the names belong to: counted up, from 1,
  /// where the specification names another.
  uint64_t server() const {
    return server_;
  }
  /// Whether the tool only reads, or may be called twice, as the server's own
  /// list says.
  bool is_harmless(const std::string& tool) const;
  session::header_list headers_of(const asked_call& x) const;

  /// The number of the last list of tools that was read; 0: none was.
  uint64_t tools_known() const {
    return of(offer_kind::tools).known;
  }
  /// The number of the next list of tools that begins.
  uint64_t tools_next() const {
    return of(offer_kind::tools).begun + 1;
  }
  /// The number of the last one that began: it ends with `listed` or `failed`.
  uint64_t tools_begun() const {
    return of(offer_kind::tools).begun;
  }

private:
  struct waiter {
    list_reply to;
    open_callers::hold caller;
    wait_deadline by;
  };

  struct part {
    std::optional<offer_list> last;
    bool fresh = false;
    std::optional<uint64_t> ticket; // of the list that is read
    bool overtaken = false;         // it changed while it was read
    bool followed = false;          // it was asked for before `forget`
    uint64_t begun = 0;             // lists that were read, counted
    uint64_t known = 0;             // which of them `last` is
    std::vector<waiter> waiters;
    std::optional<time_point> refresh_at;
    refresh_pace pace;
  };

  part& of(offer_kind x);
  const part& of(offer_kind x) const;
  /// Calls `f` for each part that is there, with its kind.
  template <class F>
  void each(F f) const;
  part* by_ticket(uint64_t ticket);
  /// Returns whether it is to be read again at once.
  static bool outdate(part& x, time_point now);
  static bool take_due(part& x, time_point now);
  void keep_header_schemas(const tool_list& x);

  bool with_headers_;
  std::array<std::unique_ptr<part>, offer_kinds> parts_; // on first use
  shown_names names_;
  uint64_t server_ = 1; // counted up where the specification names another
  /// The schemas of tools whose arguments travel as headers, by real name.
  /// Kept until the next list is there, since calls may come before that.
  std::map<std::string, json> header_schemas_;
};

} // namespace troupe

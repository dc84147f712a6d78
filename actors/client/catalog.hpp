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

  // -- who asks

  /// The list that is to be given at once, if there is one: while the server is
  /// away the last good one is better than none, and says that it is stale.
  std::optional<offer_list> known(offer_kind what, bool refresh,
                                  bool away) const;
  size_t waiting(offer_kind what) const;
  void wait(list_reply to, open_callers::hold caller, wait_deadline by);

  // -- what is to be read, where the server is ready

  /// Whether this list is to be read for those who wait: one at a time.
  bool wanted(offer_kind what) const;
  /// What was asked for before: a new connection may offer something else.
  kinds followed() const;
  /// The server says that it has changed. What is not returned is due later
  /// (`take_due`), or once the reading at hand has ended.
  kinds changed(offer_kind what, time_point now);
  kinds take_due(time_point now);
  /// It is read, by this ticket; 0: it could not be asked for.
  void reading(offer_kind what, uint64_t ticket);
  /// Likewise, and counts for the pace of reading it again.
  void reading_again(offer_kind what, uint64_t ticket, time_point now);
  bool reads(offer_kind what) const;
  /// Whether a list is read by this ticket.
  bool reads(uint64_t ticket) const;
  bool reads_tools_by(uint64_t ticket) const {
    return of(offer_kind::tools).ticket == ticket;
  }

  // -- what comes of it

  struct outcome {
    endings answers;
    /// It has changed while it was read, and is to be read again at once.
    bool again = false;
  };

  outcome listed(list_ended& x, time_point now);
  endings failed(uint64_t ticket, const failure& why);

  // -- ends

  /// With the connection. Those who wait do so for the next one.
  void on_connection_lost();
  /// The specification names another server, or this one by other credentials.
  void forget(bool with_headers);
  endings end_all(const failure& why);
  endings end_of(const caf::actor_addr& caller, const failure& why);
  /// Those who have waited until their deadline.
  std::vector<list_reply> expire(time_point now, bool queued);

  // -- deadlines

  /// `queued`: the start waits at the supervisor's gate, where defaults stand
  /// still.
  std::optional<time_point> next_deadline(bool queued) const;
  void put_off(time_point begin, time_point end);

  // -- what the lists say of a request

  /// Names as a list showed them, and as they are. Those of a replaced server
  /// are not learnt.
  void learn_names(offer_kind what, shown_names::real_by_shown x) {
    names_.learn(what, std::move(x));
  }
  const shown_names& names() const {
    return names_;
  }
  /// Of which server the names are, counted from 1.
  uint64_t server() const {
    return server_;
  }
  /// Whether the tool only reads, or may be called twice: only what the
  /// server's own list says.
  bool is_harmless(const std::string& tool) const;
  session::header_list headers_of(const asked_call& x) const;

  /// The number of the list of tools that is known; 0: none is.
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
    bool followed = false;          // it was asked for of an earlier server
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
  /// Calls may come before the next list: it is kept until then.
  std::map<std::string, json> header_schemas_;
};

} // namespace troupe

#pragma once

#include "troupe/tools/demo-server/event_stream.hpp"

#include <memory>

namespace troupe::demo {

/// The response to one POST. It becomes JSON if the answer comes first, and a
/// stream of events if something else does.
class reply : private http_connection::owner {
public:
  struct settings {
    std::string content_type; ///< of an answer as JSON
    header_list headers;      ///< besides that
    bool events = false;      ///< a stream, whatever comes first
    int copies = 1;           ///< answers that are expected
    std::function<void()> gone;
  };

  /// `events`: the stream, if one is needed.
  reply(http_connection& at, std::shared_ptr<event_stream> events,
        settings how);
  ~reply() override;
  reply(const reply&) = delete;
  reply& operator=(const reply&) = delete;

  void about(std::string_view text);

  /// `status` is for an answer as JSON.
  void answer(int status, std::string_view text);

  /// To be called when the answer did not come at once.
  void settle();

  /// The stream; it may have none yet.
  event_stream& events();

  bool done() const;
  size_t pending() const;

private:
  void on_gone() override;
  void begin_events();

  http_connection* at_; // null once it is decided
  std::shared_ptr<event_stream> events_;
  settings how_;
  bool begun_ = false; // the stream
};

} // namespace troupe::demo

// Covers messages, transports, actors, tools, tests.
// Who may include whom: floors, the rooms in them, and libraries.

#include "troupe/tests/tidy/tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

using namespace tidy;

namespace {

/// Lower floors first. A file may include its own floor and those below.
const std::vector<std::string> floors{"messages", "transports", "actors",
                                      "tools"};

/// The rooms of each floor, and which others of their floor they see. The files
/// beside the rooms are the floor's door, under the floor's own name.
const std::map<std::string, std::set<std::string>> rooms{
  {"messages", {"messages/json"}},
  {"messages/json", {"messages"}},
  {"messages/config", {"messages", "messages/json"}},
  {"transports", {}},
  {"transports/io", {"transports"}},
  {"transports/guard", {"transports", "transports/io"}},
  {"transports/stdio", {"transports", "transports/guard", "transports/io"}},
  {"transports/http", {"transports", "transports/io"}},
  {"transports/pipe", {"transports", "transports/io"}},
  {"actors", {}},
  {"actors/session", {}},
  {"actors/client", {"actors", "actors/session"}},
  {"actors/supervision", {"actors", "actors/client"}},
  {"tools", {}},
  {"tools/bench", {"tools"}},
  {"tools/conformance-client", {"tools"}},
  {"tools/demo-server", {"tools"}},
  {"tools/driver", {"tools"}},
  {"tools/troupe", {"tools"}},
  {"tools/warden", {"tools"}},
};

/// Puts all actors of a system together: it alone of the door sees a room.
bool knows_all_actors(const std::string& path) {
  return path.starts_with("actors/runtime.");
}

/// How this project's own headers are spelled, here and once installed.
constexpr std::string_view own_prefix = "troupe/";

// -- paths --------------------------------------------------------------------

std::string folder_of(const std::string& path) {
  auto end = path.rfind('/');
  return end == std::string::npos ? "" : path.substr(0, end);
}

/// `floors.size()`: none, such as a test or a library's header.
size_t floor_of(const std::string& path) {
  auto folder = path.substr(0, path.find('/'));
  return std::find(floors.begin(), floors.end(), folder) - floors.begin();
}

/// What stands between the quotes or brackets of an include; else empty.
std::string included(const std::string& line) {
  static const std::regex pattern{R"re(^\s*#\s*include\s*[<"]([^>"]+)[>"])re"};
  std::smatch match;
  return std::regex_search(line, match, pattern) ? match[1].str() : "";
}

/// A header of this project, as a path below the root; else what was given.
std::string without_prefix(const std::string& include) {
  return include.starts_with(own_prefix) ? include.substr(own_prefix.size())
                                         : include;
}

bool is_misspelled(const std::string& line, const std::string& include) {
  return line.find('"') < line.find(include)
         && !include.starts_with(own_prefix);
}

// -- floors and rooms ---------------------------------------------------------

bool may_see_room(const std::string& path, const std::string& header) {
  auto from = folder_of(path), to = folder_of(header);
  if (from == to || knows_all_actors(path))
    return true;
  auto found = rooms.find(from);
  return found != rooms.end() && found->second.count(to) > 0;
}

std::string judge_floor(const std::string& path, const std::string& header) {
  auto from = floor_of(path), to = floor_of(header);
  if (from == floors.size())
    return "";
  if (header.starts_with("tests/"))
    return "includes a test";
  if (to == floors.size() || to < from)
    return "";
  if (to > from)
    return "includes a higher floor";
  return may_see_room(path, header)
           ? ""
           : folder_of(path) + " does not see " + folder_of(header);
}

// -- libraries ----------------------------------------------------------------

bool may_include_caf(const text_file& file) {
  return file.path == "messages/caf_inspect.hpp"
         || file.path == "actors/caf.hpp" || file.path == "actors/handle.hpp"
         || file.path == "actors/pool_clock.hpp"
         || file.path == "actors/pool_scheduler.cpp" || file.is_below("tests");
}

/// Headers of transports/ that show what they are made of: for sources of that
/// floor, and for their tests.
bool is_inner(const std::string& path) {
  static const std::set<std::string> inner{
    "transports/guard/warden_link.hpp", "transports/io/asio_types.hpp",
    "transports/io/fd_watch.hpp",       "transports/io/one_timer.hpp",
    "transports/io/pipe_reader.hpp",    "transports/stdio/link.hpp",
    "transports/stdio/outbox_drain.hpp"};
  return inner.count(path) > 0;
}

bool may_include_system_libraries(const text_file& file) {
  return (!file.is_header() || is_inner(file.path))
         && (file.is_below("transports") || file.is_below("tools")
             || file.is_below("tests"));
}

std::string judge_library(const text_file& file, const std::string& path) {
  if (path.starts_with("rapidjson/") && file.path != "messages/json/json.cpp")
    return "RapidJSON is for messages/json/json.cpp";
  if (path.starts_with("caf/") && !may_include_caf(file))
    return "CAF comes through actors/caf.hpp, actors/handle.hpp and "
           "messages/caf_inspect.hpp";
  if ((path.starts_with("boost/") || path == "httplib.h")
      && !may_include_system_libraries(file))
    return "Boost and httplib are for sources of transports/ and tools/, and "
           "for inner headers of transports/";
  if (is_inner(path) && !file.is_below("transports") && !file.is_below("tests"))
    return "this header is for transports/ alone";
  if ((path == "thread" || path == "mutex" || path == "condition_variable")
      && (file.is_below("messages") || file.is_below("actors")))
    return "threads are for transports/ and tools/";
  return "";
}

/// A project of somebody else's, whose folders are named as ours are.
bool is_not_ours(const text_file& file) {
  return file.is_below("tests/package/subdirectory");
}

std::string judge_include(const text_file& file, const std::string& line) {
  auto include = included(line);
  if (include.empty() || is_not_ours(file))
    return "";
  if (is_misspelled(line, include))
    return "is not spelled \"troupe/...\"";
  auto path = without_prefix(include);
  auto text = judge_floor(file.path, path);
  return text.empty() ? judge_library(file, path) : text;
}

} // namespace

TEST_CASE("includes go down and stay among rooms that see each other",
          "[tidy]") {
  expect_none([](const text_file& file) {
    return file.is_source() ? about_lines(file,
                                          [&file](const std::string& line) {
                                            return judge_include(file, line);
                                          })
                            : complaints{};
  });
}

TEST_CASE("every source of a floor is in a room that is known", "[tidy]") {
  expect_none([](const text_file& file) {
    return file.is_source() && floor_of(file.path) < floors.size()
               && rooms.count(folder_of(file.path)) == 0
             ? complaints{file.path + " is in no room of the table"}
             : complaints{};
  });
}

TEST_CASE("a file's name does not repeat its room's", "[tidy]") {
  expect_none([](const text_file& file) {
    auto folder = folder_of(file.path);
    auto room = folder.substr(folder.rfind('/') + 1) + '_';
    return file.is_source() && floor_of(file.path) < floors.size()
               && file.path.substr(folder.size() + 1).starts_with(room)
             ? complaints{file.path + " says its room twice"}
             : complaints{};
  });
}

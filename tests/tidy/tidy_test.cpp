// Covers messages, transports, actors, tools, tests.
// Keeps rules that a compiler does not: how long a line, a function and a file
// may be, and what must not stand in the tree.

#include "troupe/tests/tidy/tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace fs = std::filesystem;

using namespace tidy;

namespace {

constexpr size_t columns_max = 80;
constexpr size_t lines_max = 400;
constexpr size_t function_lines_max = 70;

/// Where a bounded wait without an event is right, each with its reason.
const std::set<std::string> may_sleep{
  // /proc does not tell when it changes; the wait is bounded.
  "tests/support/leak_counter.cpp"};

/// Never committed. Cut in two so that this file passes its own test.
const std::vector<std::string> banned{
  "registry.npm"
  "js.org",
  "registry.yarn"
  "pkg.com",
  "deb.deb"
  "ian.org",
  "security.deb"
  "ian.org",
  "/wo"
  "rk/",
  "/ro"
  "ot/",
};

// -- lengths ------------------------------------------------------------------

/// Bytes that begin a character of UTF-8.
size_t columns_of(const std::string& line) {
  return std::count_if(line.begin(), line.end(),
                       [](unsigned char x) { return (x & 0xC0) != 0x80; });
}

complaints about_length(const text_file& file) {
  if (!file.is_source())
    return {};
  auto result = about_lines(file, [](const std::string& line) {
    return columns_of(line) > columns_max ? "longer than 80 columns" : "";
  });
  if (file.lines.size() > lines_max)
    result.push_back(at(file, lines_max, "longer than 400 lines"));
  return result;
}

bool begins_test(const std::string& line) {
  static const std::regex pattern{
    "^(SCENARIO|TEST_CASE|SCENARIO_METHOD|TEST_CASE_METHOD)\\("};
  return std::regex_search(line, pattern);
}

/// Blocks that begin and end in column `indent`: with our format these are
/// functions, at 0, and at 2 members and the blocks of functions. A scenario is
/// a list of cases, and may be longer.
complaints about_functions(const text_file& file, size_t indent) {
  complaints result;
  auto end = std::string(indent, ' ') + '}';
  size_t begin = 0;
  for (size_t i = 0; i < file.lines.size(); ++i) {
    auto& line = file.lines[i];
    if (line == end && i - begin > function_lines_max
        && !begins_test(file.lines[begin]))
      result.push_back(at(file, begin, "a function above 70 lines"));
    if (line.find_first_not_of(' ') == indent)
      begin = i;
  }
  return result;
}

// -- words --------------------------------------------------------------------

complaints about_sleep(const text_file& file) {
  static const std::regex pattern{
    R"(\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\()"};
  if (!file.is_source() || may_sleep.count(file.path) > 0)
    return {};
  return about_lines(file, [](const std::string& line) {
    return std::regex_search(line, pattern) ? "waits for time, not an event"
                                            : "";
  });
}

complaints about_banned(const text_file& file) {
  return about_lines(file, [](const std::string& line) -> std::string {
    for (auto& word : banned)
      if (line.find(word) != std::string::npos)
        return "has " + word;
    return "";
  });
}

// -- locks --------------------------------------------------------------------

/// A mutex or a condition without a rank, whose order is not checked.
bool is_plain_lock(const std::string& line) {
  static const std::regex pattern{
    R"(\bstd::(\w+_)?mutex\b|\bstd::condition_variable|\bpthread_mutex)"};
  return std::regex_search(line, pattern);
}

complaints about_locks(const text_file& file) {
  if (!file.is_source() || !file.is_below("transports")
      || file.path == "transports/ordered_mutex.hpp")
    return {};
  return about_lines(file, [](const std::string& line) {
    return is_plain_lock(line) ? "has a lock without a rank (ordered_mutex.hpp)"
                               : "";
  });
}

// -- what belongs together ----------------------------------------------------

/// Every .cpp that a CMakeLists.txt of its folder, or of one above, names.
std::set<std::string> built_sources() {
  static const std::regex pattern{R"(([\w./-]+\.cpp)\b)"};
  std::set<std::string> result;
  for (auto& file : tree()) {
    if (!file.path.ends_with("CMakeLists.txt"))
      continue;
    auto text = joined(file);
    auto folder = fs::path{file.path}.parent_path();
    for (std::sregex_iterator i{text.begin(), text.end(), pattern}, end;
         i != end; ++i)
      result.insert(
        (folder / (*i)[1].str()).lexically_normal().generic_string());
  }
  return result;
}

/// Every file, and every folder that holds one.
const std::set<std::string>& paths() {
  static const auto result = [] {
    std::set<std::string> all;
    for (auto& file : tree())
      for (auto x = fs::path{file.path}; !x.empty(); x = x.parent_path())
        all.insert(x.generic_string());
    return all;
  }();
  return result;
}

bool holds_tests(const text_file& file) {
  return file.is_below("tests")
         && (file.path.ends_with("_test.cpp")
             || file.path.ends_with("_fuzz.cpp"));
}

/// What stands between "// Covers" at a file's beginning and the next full stop
/// at the end of a line; empty where there is no such list.
std::string covers_list(const text_file& file) {
  constexpr std::string_view begin = " Covers ";
  std::string result;
  for (auto& line : file.lines) {
    if (!line.starts_with("// "))
      return "";
    result += line.substr(2);
    if (!result.starts_with(begin))
      return "";
    if (result.ends_with('.'))
      return result.substr(begin.size(), result.size() - begin.size() - 1);
  }
  return "";
}

/// The paths in that list.
std::vector<std::string> covered_by(const text_file& file) {
  static const std::regex separator{", "};
  auto text = covers_list(file);
  if (text.empty())
    return {};
  std::sregex_token_iterator begin{text.begin(), text.end(), separator, -1};
  return {begin, std::sregex_token_iterator{}};
}

/// Tests begin with the paths of what they cover. A header stands for the
/// source of its name as well, and a folder for all that is in it.
complaints about_covers(const text_file& file) {
  if (!holds_tests(file))
    return {};
  auto covered = covered_by(file);
  if (covered.empty())
    return {at(file, 0, "does not begin with \"// Covers PATH, PATH.\"")};
  complaints result;
  for (auto& path : covered)
    if (paths().count(path) == 0)
      result.push_back(at(file, 0, "covers " + path + ", which is no path"));
  return result;
}

/// The room, or the door, that a test's path says: "actors/client" for
/// tests/actors/client/x_test.cpp. Empty where it is a test of no floor, such
/// as one of all programs together.
std::string room_of(const text_file& test) {
  auto room = fs::path{test.path}.parent_path().lexically_relative("tests");
  return paths().count(room.begin()->string()) > 0 ? room.generic_string() : "";
}

/// The test of a thing is found by the thing's path.
complaints about_places(const text_file& file) {
  auto room = holds_tests(file) ? room_of(file) : "";
  auto is_there = [&room](const std::string& path) {
    return path == room || fs::path{path}.parent_path() == room;
  };
  auto covered = covered_by(file);
  if (room.empty() || std::any_of(covered.begin(), covered.end(), is_there))
    return {};
  return {at(file, 0, "covers nothing of " + room + ", where it stands")};
}

} // namespace

TEST_CASE("lines have 80 columns and files 400 lines", "[tidy]") {
  expect_none(about_length);
}

TEST_CASE("functions have 70 lines", "[tidy]") {
  for (size_t indent : {0, 2})
    expect_none([indent](const text_file& file) {
      return file.is_source() ? about_functions(file, indent) : complaints{};
    });
}

TEST_CASE("nothing waits by sleeping", "[tidy]") {
  expect_none(about_sleep);
}

TEST_CASE("every lock of transports/ has its place in their order", "[tidy]") {
  expect_none(about_locks);
  for (auto line : {"  std::mutex mutex_;", "std::unique_lock<std::mutex> held",
                    "  mutable std::shared_mutex mutex_;",
                    "  std::condition_variable_any changed;"}) {
    INFO(line);
    CHECK(is_plain_lock(line));
  }
  for (auto line :
       {"  ordered_mutex<lock_rank::leaf> mutex_;",
        "  auto held = std::unique_lock{mutex_};", "  std::mutex_like x;"}) {
    INFO(line);
    CHECK_FALSE(is_plain_lock(line));
  }
}

TEST_CASE("no file names a registry or a path of one machine", "[tidy]") {
  expect_none(about_banned);
}

TEST_CASE("every header can be included twice", "[tidy]") {
  expect_none([](const text_file& file) {
    auto begin = file.lines.empty() ? "" : file.lines.front();
    return file.is_header() && begin != "#pragma once"
             ? complaints{at(file, 0, "does not begin with #pragma once")}
             : complaints{};
  });
}

TEST_CASE("every source and every test is built", "[tidy]") {
  auto built = built_sources();
  expect_none([&built](const text_file& file) {
    return file.path.ends_with(".cpp") && built.count(file.path) == 0
             ? complaints{file.path + " is in no CMakeLists.txt"}
             : complaints{};
  });
}

TEST_CASE("every test begins with what it covers", "[tidy]") {
  expect_none(about_covers);
}

TEST_CASE("a test covers something of the room that it stands in", "[tidy]") {
  expect_none(about_places);
  auto fits = [](const std::string& path, const std::string& covered) {
    return about_places({path, {"// Covers " + covered + "."}}).empty();
  };
  CHECK(fits("tests/actors/client/x_test.cpp", "actors/client/life.hpp"));
  CHECK(fits("tests/actors/client/x_test.cpp", "messages, actors/client"));
  CHECK(fits("tests/actors/x_test.cpp", "actors/client, actors/caf.hpp"));
  CHECK(fits("tests/system/x_test.cpp", "actors/client/life.hpp"));
  CHECK_FALSE(fits("tests/actors/client/x_test.cpp", "actors/caf.hpp"));
  CHECK_FALSE(fits("tests/actors/x_test.cpp", "actors/client/life.hpp"));
  CHECK_FALSE(fits("tests/actors/no_room/x_test.cpp", "actors/caf.hpp"));
}

TEST_CASE("the license and the format are there", "[tidy]") {
  for (auto name : {"LICENSE", ".clang-format", "README.md", "ARCHITECTURE.md"})
    CHECK(fs::exists(fs::path{SOURCE_DIR} / name));
}

// Keeps the rules that a compiler does not: who may include whom, how long a
// line, a function and a file may be, and what must not stand in the tree.

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

constexpr size_t columns_max = 80;
constexpr size_t lines_max = 400;
constexpr size_t function_lines_max = 70;

/// Lower floors first. A file may include its own floor and those below.
const std::vector<std::string> floors{"messages", "transports", "actors",
                                      "tools"};

/// Where a bounded wait without an event is right, each with its reason.
const std::set<std::string> may_sleep{
  // /proc tells nobody when it changes; the wait is bounded.
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

// -- the tree -----------------------------------------------------------------

/// One file: its path below the root, and its lines.
struct text_file {
  std::string path;
  std::vector<std::string> lines;

  bool is_header() const {
    return path.ends_with(".hpp");
  }
  bool is_source() const {
    return is_header() || path.ends_with(".cpp");
  }
  bool is_below(std::string_view folder) const {
    return path.starts_with(std::string{folder} + '/');
  }
  size_t floor() const {
    auto folder = path.substr(0, path.find('/'));
    return std::find(floors.begin(), floors.end(), folder) - floors.begin();
  }
};

text_file read(const fs::path& file) {
  text_file result{fs::relative(file, SOURCE_DIR).generic_string(), {}};
  std::ifstream in{file};
  for (std::string line; std::getline(in, line);)
    result.lines.push_back(std::move(line));
  return result;
}

/// In a linked work tree `.git` is a file.
bool is_foreign(const fs::path& path) {
  static const std::set<std::string> names{"build", "node_modules", ".git",
                                           ".cache"};
  return names.count(path.filename().string()) > 0;
}

/// Every file of the project, without what is built or installed.
const std::vector<text_file>& tree() {
  static const auto result = [] {
    std::vector<text_file> files;
    fs::recursive_directory_iterator i{SOURCE_DIR};
    for (; i != fs::recursive_directory_iterator{}; ++i) {
      if (is_foreign(i->path()))
        i.disable_recursion_pending();
      else if (i->is_regular_file())
        files.push_back(read(i->path()));
    }
    return files;
  }();
  return result;
}

// -- complaints ---------------------------------------------------------------

using complaints = std::vector<std::string>;

std::string at(const text_file& file, size_t index, const std::string& text) {
  return file.path + ':' + std::to_string(index + 1) + ": " + text;
}

/// Complains about each line for which `judge` has a text.
complaints
about_lines(const text_file& file,
            const std::function<std::string(const std::string&)>& judge) {
  complaints result;
  for (size_t i = 0; i < file.lines.size(); ++i)
    if (auto text = judge(file.lines[i]); !text.empty())
      result.push_back(at(file, i, text));
  return result;
}

void expect_none(const std::function<complaints(const text_file&)>& judge) {
  complaints all;
  for (auto& file : tree())
    for (auto& complaint : judge(file))
      all.push_back(complaint);
  for (auto& complaint : all)
    UNSCOPED_INFO(complaint);
  CHECK(all.empty());
}

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

// -- includes -----------------------------------------------------------------

/// How this project's own headers are spelled, here and once installed.
constexpr std::string_view own_prefix = "troupe/";

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

size_t floor_of_include(const std::string& path) {
  auto folder = path.substr(0, path.find('/'));
  auto found = std::find(floors.begin(), floors.end(), folder);
  return found == floors.end() ? 0 : found - floors.begin();
}

bool may_include_caf(const text_file& file) {
  return file.path == "messages/caf_inspect.hpp"
         || file.path == "actors/caf.hpp" || file.is_below("tests");
}

/// Headers of transports/ that show what they are made of: for sources of that
/// folder, and for their tests.
bool is_inner(const std::string& path) {
  static const std::set<std::string> inner{
    "transports/io/fd_watch.hpp",        "transports/io/one_timer.hpp",
    "transports/stdio/outbox_drain.hpp", "transports/io/pipe_reader.hpp",
    "transports/stdio/link.hpp",         "transports/guard/warden_link.hpp"};
  return inner.count(path) > 0;
}

bool may_include_system_libraries(const text_file& file) {
  return (!file.is_header() || is_inner(file.path))
         && (file.is_below("transports") || file.is_below("tools")
             || file.is_below("tests"));
}

std::string judge_include(const text_file& file, const std::string& path) {
  if (file.floor() < floors.size() && floor_of_include(path) > file.floor())
    return "includes a higher floor";
  if (path.starts_with("rapidjson/") && file.path != "messages/json/json.cpp")
    return "RapidJSON is for messages/json/json.cpp";
  if (path.starts_with("caf/") && !may_include_caf(file))
    return "CAF comes through actors/caf.hpp and messages/caf_inspect.hpp";
  if ((path.starts_with("boost/") || path == "httplib.h")
      && !may_include_system_libraries(file))
    return "Boost and httplib are for sources of transports/ and tools/";
  if (is_inner(path) && !file.is_below("transports") && !file.is_below("tests"))
    return "this header is for transports/ alone";
  if ((path == "thread" || path == "mutex" || path == "condition_variable")
      && (file.is_below("messages") || file.is_below("actors")))
    return "threads are for transports/ and tools/";
  return "";
}

complaints about_includes(const text_file& file) {
  if (!file.is_source())
    return {};
  return about_lines(file, [&file](const std::string& line) -> std::string {
    auto include = included(line);
    if (is_misspelled(line, include))
      return "is not spelled \"troupe/...\"";
    return include.empty() ? "" : judge_include(file, without_prefix(include));
  });
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

// -- what belongs together ----------------------------------------------------

std::string joined(const text_file& file) {
  std::ostringstream out;
  for (auto& line : file.lines)
    out << line << '\n';
  return out.str();
}

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

std::set<std::string> matches(const std::string& text,
                              const std::regex& pattern) {
  std::set<std::string> result;
  for (std::sregex_iterator i{text.begin(), text.end(), pattern}, end; i != end;
       ++i)
    result.insert(i->str());
  return result;
}

/// A scenario's number: a letter for its class, then digits.
const std::regex& number_pattern() {
  static const std::regex result{R"(\b[SPTRLXU][1-9]\d?\b)"};
  return result;
}

/// The names of a file's tests: of Catch's, of commands, and of a dialogue.
std::set<std::string> test_names(const text_file& file) {
  static const std::regex catch_name{
    R"((SCENARIO|TEST_CASE|SCENARIO_METHOD|TEST_CASE_METHOD)\([^{]*\{)"};
  static const std::regex command_name{R"(add_test\(NAME "[^"]*")"};
  if (file.path.ends_with(".cpp"))
    return matches(joined(file), catch_name);
  if (file.path.ends_with("CMakeLists.txt"))
    return matches(joined(file), command_name);
  if (file.is_below("tests/dialogues") && !file.lines.empty())
    return {file.lines.front()};
  return {};
}

/// The numbers in the names of all tests.
std::set<std::string> tested_scenarios() {
  std::set<std::string> result;
  for (auto& file : tree())
    if (file.is_below("tests"))
      for (auto& name : test_names(file))
        result.merge(matches(name, number_pattern()));
  return result;
}

/// The numbers that the project claims; lines that begin with # are comments.
std::set<std::string> claimed_scenarios() {
  std::set<std::string> result;
  for (auto& file : tree())
    if (file.path == "tests/scenarios.txt")
      for (auto& line : file.lines)
        if (!line.starts_with('#'))
          result.merge(matches(line, std::regex{R"(\S+)"}));
  return result;
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

TEST_CASE("includes go down, and libraries enter by their doors", "[tidy]") {
  expect_none(about_includes);
}

TEST_CASE("nothing waits by sleeping", "[tidy]") {
  expect_none(about_sleep);
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

TEST_CASE("the scenarios that are claimed are those that tests name",
          "[tidy]") {
  auto tested = tested_scenarios();
  auto claimed = claimed_scenarios();
  CHECK_FALSE(claimed.empty());
  for (auto& number : claimed) {
    INFO("tests/scenarios.txt claims " << number
                                       << ", which no test has in its name");
    CHECK(tested.count(number) == 1);
  }
  for (auto& number : tested) {
    INFO("a test is named after " << number
                                  << ", which tests/scenarios.txt lacks");
    CHECK(claimed.count(number) == 1);
  }
}

TEST_CASE("the license and the format are there", "[tidy]") {
  for (auto name : {"LICENSE", ".clang-format", "README.md", "ARCHITECTURE.md"})
    CHECK(fs::exists(fs::path{SOURCE_DIR} / name));
}

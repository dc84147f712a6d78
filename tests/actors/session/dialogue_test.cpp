// Covers actors/session.
// Plays the dialogues of tests/dialogues, which say what each shows.

#include "troupe/tests/actors/session/dialogue.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

using namespace troupe;
using namespace troupe::test;

namespace {

std::vector<std::string> all_dialogues() {
  std::vector<std::string> result;
  for (const auto& x : std::filesystem::directory_iterator{TROUPE_DIALOGUES})
    if (x.path().extension() == ".txt")
      result.push_back(x.path().string());
  std::sort(result.begin(), result.end());
  return result;
}

/// The sentence that says what went wrong; empty if nothing did.
std::string outcome(const dialogue& script, play_options options) {
  try {
    dialogue_player{script, options}.play();
    return "";
  } catch (const std::exception& x) {
    return x.what();
  }
}

/// Plays a dialogue and says the sizes of its inbound frames.
std::vector<size_t> frame_sizes(const dialogue& script) {
  std::vector<size_t> result;
  for (size_t n = 1;; ++n) {
    dialogue_player player{script, {false, n}};
    player.play();
    if (player.frames() < n)
      return result;
    result.push_back(player.bytes());
  }
}

/// Enough offsets of a frame to meet each of its parts, and never too many.
std::vector<size_t> cuts(size_t bytes) {
  std::vector<size_t> result;
  auto step = std::max<size_t>(1, bytes / 256);
  for (size_t i = 0; i < bytes; i += step)
    result.push_back(i);
  return result;
}

} // namespace

TEST_CASE("a session keeps to its dialogues", "[session]") {
  auto paths = all_dialogues();
  REQUIRE(paths.size() > 30);
  for (const auto& path : paths) {
    auto script = read_dialogue(path);
    DYNAMIC_SECTION(std::filesystem::path{path}.filename().string()
                    << ": " << script.title) {
      CHECK(outcome(script, {}) == "");
      CHECK(outcome(script, {true}) == "");
    }
  }
}

TEST_CASE("S15: wherever the connection ends, each ticket ends once",
          "[session]") {
  for (const auto& path : all_dialogues()) {
    auto script = read_dialogue(path);
    DYNAMIC_SECTION(std::filesystem::path{path}.filename().string()) {
      auto sizes = frame_sizes(script);
      for (size_t n = 0; n < sizes.size(); ++n) {
        CHECK(outcome(script, {false, n + 1}) == "");
        for (auto bytes : cuts(sizes[n]))
          if (auto why = outcome(script, {false, n + 1, bytes}); !why.empty())
            FAIL(why << " (frame " << n + 1 << " cut at " << bytes << ")");
      }
    }
  }
}

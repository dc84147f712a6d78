#include "troupe/messages/json/json.hpp"

#include "troupe/messages/json/document.hpp"
#include "troupe/messages/json/keys.hpp"
#include "troupe/messages/json/large_numbers.hpp"
#include "troupe/messages/json/stream.hpp"

#include <rapidjson/reader.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace troupe {

namespace {

using reason = json_error::reason;

// -- recorder ----------------------------------------------------------------

// Takes the reader's events: counts, refuses, and records where the members of
// the root and their members are.
class recorder
  : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, recorder> {
public:
  recorder(text_stream& in, const json_limits& limits,
           std::pmr::memory_resource* memory)
    : in_(in), limits_(limits), keys_(in.text(), memory), places_(memory) {
    places_.reserve(32);
  }

  // -- events

  bool Null() {
    return scalar(4);
  }
  bool Bool(bool x) {
    return scalar(x ? 4 : 5);
  }
  bool RawNumber(const char*, rapidjson::SizeType size, bool) {
    return scalar(size);
  }
  bool String(const char*, rapidjson::SizeType size, bool) {
    return scalar(size + 2);
  }
  bool Key(const char*, rapidjson::SizeType size, bool) {
    auto begin = static_cast<uint32_t>(in_.Tell() - size - 1);
    keys_.add(begin, size, in_.escaped());
    record_key(begin, size);
    return true;
  }
  bool StartObject() {
    keys_.begin_object();
    return begin_container(true);
  }
  bool EndObject(rapidjson::SizeType) {
    if (auto repeated = keys_.end_object())
      return refuse(reason::duplicate_key, repeated - 1);
    return end_container();
  }
  bool StartArray() {
    return begin_container(false);
  }
  bool EndArray(rapidjson::SizeType) {
    return end_container();
  }

  // -- outcome

  const json_error& error() const {
    return error_;
  }
  json_place root() const {
    return root_;
  }
  const std::pmr::vector<json_place>& places() const {
    return places_;
  }

private:
  bool refuse(reason why, size_t offset) {
    error_ = {why, offset};
    return false;
  }

  bool scalar(size_t size) {
    auto end = in_.Tell();
    if (!begin_value(end - size))
      return false;
    end_value(end);
    return true;
  }

  // Called before the reader takes a bracket.
  bool begin_container(bool is_object) {
    auto begin = in_.Tell();
    if (depth_ >= limits_.depth_max)
      return refuse(reason::too_deep, begin);
    if (!begin_value(begin))
      return false;
    if (depth_ == 0 && is_object)
      root_.inner = 0;
    if (depth_ == 1)
      record_inner(is_object);
    ++depth_;
    return true;
  }

  bool end_container() {
    --depth_;
    end_value(in_.Tell() + 1);
    return true;
  }

  bool begin_value(size_t at) {
    if (nodes_ >= limits_.nodes_max)
      return refuse(reason::too_many_nodes, at);
    ++nodes_;
    if (auto place = current())
      place->begin = static_cast<uint32_t>(at);
    return true;
  }

  void end_value(size_t at) {
    if (auto place = current())
      place->end = static_cast<uint32_t>(at);
  }

  // The current value, if its position is recorded.
  json_place* current() {
    if (depth_ == 0)
      return &root_;
    if (depth_ == 1 && root_.inner != json_place::unknown)
      return &places_[top_];
    if (depth_ == 2 && inner_)
      return &places_.back();
    return nullptr;
  }

  bool full() const {
    return places_.size() >= defaults::json_places_max;
  }

  void record_key(uint32_t begin, uint32_t size) {
    if (depth_ == 1 && root_.inner != json_place::unknown) {
      inner_ = false;
      if (full())
        return forget_all();
      top_ = places_.size();
      ++root_.inner;
      places_.push_back({begin, size});
    } else if (depth_ == 2 && inner_) {
      if (full())
        return forget_inner();
      ++places_[top_].inner;
      places_.push_back({begin, size});
    }
  }

  void record_inner(bool is_object) {
    inner_ = is_object && root_.inner != json_place::unknown;
    if (inner_)
      places_[top_].inner = 0;
  }

  void forget_inner() {
    inner_ = false;
    places_.resize(top_ + 1);
    places_[top_].inner = json_place::unknown;
  }

  void forget_all() {
    root_.inner = json_place::unknown;
    places_.clear();
  }

  text_stream& in_;
  json_limits limits_;
  json_keys keys_;
  json_error error_;
  json_place root_;
  std::pmr::vector<json_place> places_;
  size_t top_ = 0;     // the root's member at hand
  bool inner_ = false; // whether its members are recorded
  size_t depth_ = 0;   // open containers
  size_t nodes_ = 0;
};

// -- the pass ----------------------------------------------------------------

struct outcome {
  json_error error;
  /// Position of a number too large for the reader, which converts it to a
  /// double although its value is not needed. The text behind it was not read.
  std::optional<size_t> large_number;
};

outcome run(text_stream& in, recorder& out) {
  using namespace rapidjson;
  constexpr unsigned flags = kParseIterativeFlag | kParseInsituFlag
                             | kParseNumbersAsStringsFlag
                             | kParseStopWhenDoneFlag;
  alignas(16) char memory[1024];
  MemoryPoolAllocator<> pool{memory, sizeof(memory)};
  GenericReader<UTF8<>, UTF8<>, MemoryPoolAllocator<>> reader{&pool, 512};
  auto parsed = reader.Parse<flags>(in, out);
  if (auto fault = in.fault())
    return {
      {reason::invalid_utf8, static_cast<size_t>(fault - in.text().data())},
      {}};
  if (out.error().why != reason::none)
    return {out.error(), {}};
  if (parsed.Code() == kParseErrorNumberTooBig)
    return {{reason::syntax, parsed.Offset()}, parsed.Offset()};
  if (parsed.IsError())
    return {{reason::syntax, parsed.Offset()}, {}};
  in.skip_space();
  if (!in.at_end())
    return {{reason::trailing_bytes, in.Tell()}, {}};
  return {};
}

} // namespace

// -- json --------------------------------------------------------------------

json::parsed json::parse(std::string text, const json_limits& limits,
                         std::string* refused) {
  auto refuse = [refused](std::string& back, json_error why) {
    if (refused != nullptr)
      *refused = std::move(back);
    return parsed{{}, why};
  };
  // Positions are kept in 32 bits.
  auto bytes_max = std::min<size_t>(limits.bytes_max, INT32_MAX);
  if (text.size() > bytes_max)
    return refuse(text, {reason::too_large, bytes_max});
  auto doc = std::make_shared<document>();
  doc->text = std::move(text);
  auto read = [&](const std::string& from) {
    std::array<std::byte, 4096> memory;
    std::pmr::monotonic_buffer_resource arena{memory.data(), memory.size()};
    text_stream in{from};
    recorder found{in, limits, &arena};
    auto result = run(in, found);
    doc->root = found.root();
    doc->places.assign(found.places().begin(), found.places().end());
    return result;
  };
  auto seen = read(doc->text);
  if (auto at = seen.large_number) // check a copy without it; the text stays
    seen = read(with_small_numbers(doc->text, *at));
  if (seen.error.why != reason::none)
    return refuse(doc->text, seen.error);
  auto root = doc->root;
  return {json{std::move(doc), root.begin, root.end}, {}};
}

json json::trusted(std::string text) {
  json_limits none{SIZE_MAX, SIZE_MAX, SIZE_MAX};
  auto result = parse(std::move(text), none);
  assert(result.ok());
  return result.ok() ? std::move(result.value) : no_json(result.error);
}

json json::no_json(const json_error& why) {
  return from_string("(" + why.text() + ")");
}

} // namespace troupe

#include "messages/json.hpp"

#include "messages/json_document.hpp"
#include "messages/json_scan.hpp"
#include "messages/utf8.hpp"

#include <rapidjson/reader.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <memory_resource>

namespace troupe {

namespace {

using reason = json_error::reason;

// -- text_stream -------------------------------------------------------------

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

// Length of the escape sequence at `p`, 0 where it is none. The text ends with
// a NUL, so looking at the next byte is always allowed.
size_t escape_length(const char* p) {
  switch (p[1]) {
    case 'u': {
      auto digits = p + 2;
      while (digits != p + 6 && is_hex(*digits))
        ++digits;
      return digits == p + 6 ? 6 : 0;
    }
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return 2;
    default: return 0;
  }
}

// What RapidJSON reads from. It believes that strings are decoded in place, and
// asks where to put them (`PutBegin`): at that moment the stream leaps over the
// string's content, 16 bytes at a time, so that nothing is copied and no byte
// of a string goes through the reader. It stops early at what is wrong; the
// reader then finds the fault there by itself.
class text_stream {
public:
  using Ch = char;

  explicit text_stream(const std::string& text)
    : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {
    // nop
  }

  char Peek() const {
    return *at_;
  }
  char Take() {
    return *at_++;
  }
  size_t Tell() const {
    return static_cast<size_t>(at_ - begin_);
  }
  char* PutBegin() {
    auto head = at_;
    if (at_ != begin_ && at_[-1] == '"') // else it is a number
      skip_content();
    return const_cast<char*>(head);
  }
  void Put(char) {
    // nop
  }
  void Flush() {
    // nop
  }
  size_t PutEnd(const char* head) const {
    return static_cast<size_t>(at_ - head);
  }

  void skip_space() {
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')
      ++at_;
  }
  bool at_end() const {
    return at_ == end_;
  }
  std::string_view text() const {
    return {begin_, static_cast<size_t>(end_ - begin_)};
  }
  /// Whether the string that was read last holds escapes.
  bool escaped() const {
    return escaped_;
  }
  /// Where the text stops being UTF-8; null where it does not.
  const char* fault() const {
    return fault_;
  }

private:
  void skip_content() {
    escaped_ = false;
    for (;;) {
      at_ = plain_end(at_, end_);
      if (static_cast<signed char>(*at_) < 0) {
        if (!skip_wide())
          return;
      } else if (auto n = *at_ == '\\' ? escape_length(at_) : 0) {
        escaped_ = true;
        at_ += n;
      } else {
        return;
      }
    }
  }

  bool skip_wide() {
    while (static_cast<signed char>(*at_) < 0) {
      auto n = utf8_length(at_, end_);
      if (n == 0) {
        fault_ = at_;
        at_ = end_; // makes the reader stop
        return false;
      }
      at_ += n;
    }
    return true;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  const char* fault_ = nullptr;
  bool escaped_ = false;
};

// -- key_check ---------------------------------------------------------------

// Finds keys that an object has twice. The keys of all open objects are on one
// stack.
class key_check {
public:
  key_check(std::string_view text, std::pmr::memory_resource* memory)
    : text_(text), keys_(memory), marks_(memory) {
    keys_.reserve(48);
    marks_.reserve(defaults::json_depth_max);
  }

  void begin_object() {
    marks_.push_back(static_cast<uint32_t>(keys_.size()));
  }

  void add(uint32_t begin, uint32_t size, bool escaped) {
    key x{0, begin, size, plain};
    if (escaped) {
      auto decoded = unescape(text_.substr(begin, size));
      x.decoded = static_cast<uint32_t>(decoded_.size());
      x.size = static_cast<uint32_t>(decoded.size());
      decoded_ += decoded;
    }
    x.hash = std::hash<std::string_view>{}(content(x));
    keys_.push_back(x);
  }

  /// Where the content of the first repeated key begins; 0 where none is.
  size_t end_object() {
    auto first = keys_.begin() + marks_.back();
    auto n = keys_.end() - first;
    auto result = n < 2 ? 0 : n <= 16 ? in_few(first) : in_many(first);
    keys_.resize(marks_.back());
    marks_.pop_back();
    return result;
  }

private:
  static constexpr uint32_t plain = UINT32_MAX;

  struct key {
    size_t hash = 0;
    uint32_t begin = 0;
    uint32_t size = 0;
    uint32_t decoded = plain; // place in `decoded_`
  };
  using iterator = std::pmr::vector<key>::iterator;

  std::string_view content(const key& x) const {
    if (x.decoded == plain)
      return text_.substr(x.begin, x.size);
    return std::string_view{decoded_}.substr(x.decoded, x.size);
  }

  bool same(const key& x, const key& y) const {
    return x.hash == y.hash && content(x) == content(y);
  }

  size_t in_few(iterator first) const {
    for (auto x = first + 1; x != keys_.end(); ++x)
      for (auto y = first; y != x; ++y)
        if (same(*x, *y))
          return x->begin;
    return 0;
  }

  // Sorting also bounds the work for keys that were chosen to collide.
  size_t in_many(iterator first) {
    auto less = [this](const key& x, const key& y) {
      if (x.hash != y.hash)
        return x.hash < y.hash;
      auto order = content(x).compare(content(y));
      return order != 0 ? order < 0 : x.begin < y.begin;
    };
    std::sort(first, keys_.end(), less);
    size_t result = 0;
    for (auto y = first + 1; y != keys_.end(); ++y)
      if (same(y[-1], *y) && (result == 0 || y->begin < result))
        result = y->begin;
    return result;
  }

  std::string_view text_;
  std::pmr::vector<key> keys_;
  std::pmr::vector<uint32_t> marks_; // the first key of each open object
  std::string decoded_;
};

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

  // The reader calls before it takes a bracket.
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

  // The value at hand, if its place is wanted.
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
  key_check keys_;
  json_error error_;
  json_place root_;
  std::pmr::vector<json_place> places_;
  size_t top_ = 0;     // the root's member at hand
  bool inner_ = false; // whether its members are recorded
  size_t depth_ = 0;   // open containers
  size_t nodes_ = 0;
};

// -- the pass ----------------------------------------------------------------

json_error::reason reason_of(rapidjson::ParseErrorCode code) {
  return code == rapidjson::kParseErrorNumberTooBig
           ? reason::number_out_of_range
           : reason::syntax;
}

json_error run(text_stream& in, recorder& out) {
  using namespace rapidjson;
  constexpr unsigned flags = kParseIterativeFlag | kParseInsituFlag
                             | kParseNumbersAsStringsFlag
                             | kParseStopWhenDoneFlag;
  alignas(16) char memory[1024];
  MemoryPoolAllocator<> pool{memory, sizeof(memory)};
  GenericReader<UTF8<>, UTF8<>, MemoryPoolAllocator<>> reader{&pool, 512};
  auto outcome = reader.Parse<flags>(in, out);
  if (auto fault = in.fault())
    return {reason::invalid_utf8,
            static_cast<size_t>(fault - in.text().data())};
  if (out.error().why != reason::none)
    return out.error();
  if (outcome.IsError())
    return {reason_of(outcome.Code()), outcome.Offset()};
  in.skip_space();
  if (!in.at_end())
    return {reason::trailing_bytes, in.Tell()};
  return {};
}

} // namespace

// -- json --------------------------------------------------------------------

json::parsed json::parse(std::string text, const json_limits& limits) {
  // Places are kept in 32 bits.
  auto bytes_max = std::min<size_t>(limits.bytes_max, INT32_MAX);
  if (text.size() > bytes_max)
    return {{}, {reason::too_large, bytes_max}};
  auto doc = std::make_shared<document>();
  doc->text = std::move(text);
  std::array<std::byte, 4096> memory;
  std::pmr::monotonic_buffer_resource arena{memory.data(), memory.size()};
  text_stream in{doc->text};
  recorder found{in, limits, &arena};
  if (auto error = run(in, found); error.why != reason::none)
    return {{}, error};
  doc->root = found.root();
  doc->places.assign(found.places().begin(), found.places().end());
  auto root = doc->root;
  return {json{std::move(doc), root.begin, root.end}, {}};
}

json json::trusted(std::string text) {
  json_limits none{SIZE_MAX, SIZE_MAX, SIZE_MAX};
  auto result = parse(std::move(text), none);
  assert(result.ok());
  return std::move(result.value);
}

} // namespace troupe

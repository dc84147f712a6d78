#include "troupe/transports/guard/launch_image.hpp"

#include <cstring>

namespace troupe::guard_protocol {

// -- the host's side ---------------------------------------------------------

static bool append(std::string& image, const std::string& text) {
  if (text.find('\0') != std::string::npos)
    return false;
  image.append(text);
  image.push_back('\0');
  return image.size() <= defaults::launch_bytes_max;
}

static bool append(std::string& image, const std::vector<std::string>& texts) {
  for (auto& x : texts)
    if (!append(image, x))
      return false;
  return true;
}

std::string encode_launch(const launch& x) {
  if (x.path.empty() || x.argv.empty()
      || x.argv.size() + x.env.size() > defaults::launch_strings_max)
    return {};
  auto head = x.head;
  head.magic = launch_head{}.magic;
  head.argc = static_cast<uint32_t>(x.argv.size());
  head.envc = static_cast<uint32_t>(x.env.size());
  auto image = std::string{reinterpret_cast<const char*>(&head), sizeof(head)};
  if (!append(image, x.path) || !append(image, x.cwd) || !append(image, x.argv)
      || !append(image, x.env))
    return {};
  return image;
}

// -- the shim's side ---------------------------------------------------------

static bool read_head(std::span<const char> image, launch_head& head) {
  if (image.size() < sizeof(head) || image.size() > defaults::launch_bytes_max)
    return false;
  std::memcpy(&head, image.data(), sizeof(head));
  return head.magic == launch_head{}.magic && head.argc > 0
         && uint64_t{head.argc} + head.envc <= defaults::launch_strings_max;
}

size_t launch_pointers(std::span<const char> image) {
  auto head = launch_head{};
  if (!read_head(image, head))
    return 0;
  return size_t{head.argc} + head.envc + 2;
}

/// Takes one text off the front; null where none is ended.
static char* next_text(std::span<char>& rest) {
  if (rest.empty())
    return nullptr;
  auto end = static_cast<char*>(std::memchr(rest.data(), 0, rest.size()));
  if (end == nullptr)
    return nullptr;
  auto text = rest.data();
  rest = rest.subspan(static_cast<size_t>(end - text) + 1);
  return text;
}

static char** next_texts(std::span<char>& rest, std::span<char*>& room,
                         size_t count) {
  auto first = room.data();
  for (size_t i = 0; i < count; ++i)
    if ((room[i] = next_text(rest)) == nullptr)
      return nullptr;
  room[count] = nullptr;
  room = room.subspan(count + 1);
  return first;
}

bool decode_launch(std::span<char> image, std::span<char*> room,
                   launch_view& out) {
  auto needed = launch_pointers(image);
  if (needed == 0 || room.size() < needed)
    return false;
  read_head(image, out.head);
  auto rest = image.subspan(sizeof(launch_head));
  out.path = next_text(rest);
  out.cwd = next_text(rest);
  if (out.path == nullptr || out.cwd == nullptr || *out.path == '\0')
    return false;
  out.argv = next_texts(rest, room, out.head.argc);
  if (out.argv == nullptr)
    return false;
  out.env = next_texts(rest, room, out.head.envc);
  return out.env != nullptr && rest.empty();
}

} // namespace troupe::guard_protocol

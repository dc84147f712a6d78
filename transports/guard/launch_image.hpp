#pragma once

#include "troupe/messages/defaults.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// The bulky part of a start: written by the host into a memory file, read by
/// the shim. A head of fixed size, then path, cwd, argv and env, each ended by
/// a zero byte.
namespace troupe::guard_protocol {

struct launch_head {
  uint32_t magic = 0x54524c01;
  uint32_t argc = 0;
  uint32_t envc = 0;
  uint32_t allow_setuid = 0;
  uint32_t host_death_grace_ms = 0;
  uint32_t unkillable_after_ms = 0;
  uint32_t kill_retry_ms = 0;
  uint32_t exec_timeout_ms = 0;
};

struct launch {
  launch_head head; ///< the counts are filled in by `encode_launch`
  std::string path;
  std::string cwd;
  std::vector<std::string> argv;
  std::vector<std::string> env;
};

/// Empty if the launch breaks a limit (`launch_bytes_max`,
/// `launch_strings_max`), has no path or no argv, or a zero byte in a text.
std::string encode_launch(const launch& x);

/// Points into the image that it was made from.
struct launch_view {
  launch_head head;
  const char* path = nullptr;
  const char* cwd = nullptr;
  char** argv = nullptr; ///< ended by a null pointer
  char** env = nullptr;  ///< ended by a null pointer, too
};

/// Pointers that `decode_launch` needs room for; 0 where the image's head is no
/// launch or breaks a limit.
size_t launch_pointers(std::span<const char> image);

/// Reads an image; `room` keeps the pointers. False, and `out` is not to be
/// used, where the bytes are not exactly one launch. Needs no memory.
bool decode_launch(std::span<char> image, std::span<char*> room,
                   launch_view& out);

} // namespace troupe::guard_protocol

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// Marks who started a process: kept in the environment of every server, and in
/// the command line of its guards, so that what survived the death of its host
/// can be recognised.
namespace troupe {

/// Identifies a process for all time: its pid alone may be reused.
struct process_identity {
  int32_t pid = 0;
  /// In clock ticks since boot (/proc/PID/stat, field 22).
  uint64_t start = 0;
  /// The boot id's 128 bits, folded; with the pid namespace's number, because
  /// pids of two namespaces mean nothing to each other.
  uint64_t boot = 0;
  uint64_t pid_namespace = 0;

  friend bool operator==(const process_identity&,
                         const process_identity&) = default;
};

struct process_mark {
  process_identity host;
  /// Random, one for each warden object of a host.
  uint64_t link = 0;
  /// Counted up, one for each server of a link.
  uint64_t number = 0;

  friend bool operator==(const process_mark&, const process_mark&) = default;
};

inline constexpr std::string_view mark_name = "TROUPE_COOKIE";
/// The name of a mark in the guards' own command line; its number is 0.
inline constexpr std::string_view guard_mark_name = "TROUPE_GUARD";

/// The names of guards, as ps shows them; marks follow in the command line.
inline constexpr std::string_view warden_title = "troupe-warden";
inline constexpr std::string_view shim_title = "mcp-shim";
inline constexpr std::string_view sweep_title = "mcp-sweep";

/// Large enough for every mark's text, its name and the ending zero.
inline constexpr size_t mark_text_max = 160;

/// Writes NAME=text, ended by a zero byte.
void write_mark(const process_mark& x, char (&out)[mark_text_max],
                std::string_view name = mark_name);

/// Reads the text after "NAME="; nothing where it is not a mark.
std::optional<process_mark> read_mark(std::string_view text);

/// Whether this is NAME=text of a mark, of either name.
bool is_mark(std::string_view entry);

/// Finds and reads the mark in an environment (texts ended by zero bytes).
std::optional<process_mark> find_mark(std::string_view environment,
                                      std::string_view name = mark_name);

/// Finds and reads the mark in a guard's command line; nothing where the
/// process is no guard.
std::optional<process_mark> find_guard_mark(std::string_view command_line,
                                            std::string_view name);

// -- from /proc --------------------------------------------------------------

/// When a process started; 0 where there is none.
uint64_t start_of(int32_t pid);

/// Whether the process has certainly ended, all its threads included.
bool is_gone(const process_identity& x);

/// The identity of the calling process; `pid` 0 where /proc cannot be read.
process_identity own_identity();

} // namespace troupe

#pragma once

#include "troupe/messages/config/config.hpp"

#include <initializer_list>

/// Reads the members of a configuration's objects, and reports what is wrong
/// with them. Internal to `parse_config`.
namespace troupe {

/// Collects problems; knows the current file and server.
class config_log {
public:
  config_log(loaded_config& out, std::string_view file)
    : out_(out), file_(file) {
    // nop
  }

  void begin_server(std::string name);
  void error(std::string field, std::string text);
  void warn(std::string field, std::string text);

  /// Whether the current server has errors.
  bool failed() const {
    return failed_;
  }

private:
  loaded_config& out_;
  std::string file_;
  std::string server_;
  bool whole_file_ = true; // until the first server
  bool failed_ = false;
};

/// One object of the file. Each `read` leaves its target alone where the field
/// is absent or null, and reports an error where it is of the wrong kind.
class config_fields {
public:
  /// `path` is put before the names of fields.
  config_fields(const json& object, std::string path, config_log& log);

  void read(std::string_view field, std::string& to);
  void read(std::string_view field, bool& to);
  void read(std::string_view field, double& to);
  void read(std::string_view field, uint32_t& to);
  void read(std::string_view field, uint64_t& to);
  /// A number and its unit: "500ms", "30s", "5m", "1h".
  void read(std::string_view field, milliseconds& to);
  void read(std::string_view field, std::vector<std::string>& to);
  void read(std::string_view field, std::map<std::string, secret>& to);

  template <class Enum>
  struct choice {
    std::string_view name;
    Enum value;
  };

  /// One of several words.
  template <class Enum>
  void read(std::string_view field, Enum& to,
            std::initializer_list<choice<Enum>> choices) {
    std::string word;
    if (!take_word(field, word))
      return;
    std::string names;
    for (const auto& x : choices) {
      if (x.name == word) {
        to = x.value;
        return;
      }
      names += (names.empty() ? "" : ", ") + std::string{x.name};
    }
    refuse(field, "must be one of " + names);
  }

  /// The member, marked as read; empty where absent or null.
  std::optional<json> take(std::string_view field);

  bool has(std::string_view field) const;

  void refuse(std::string_view field, std::string text);
  void warn(std::string_view field, std::string text);

  /// Reports the members that were not read.
  void report_unknown();

private:
  bool take_word(std::string_view field, std::string& to);
  void read_whole(std::string_view field, uint64_t& to, uint64_t max);
  std::string path_of(std::string_view field) const;
  void expect(std::string_view field, std::string_view wanted, const json& got);

  struct member {
    std::string name;
    json value;
    bool seen = false;
  };

  std::vector<member> members_;
  std::string path_;
  config_log& log_;
};

/// A number and its unit, if the text is one.
std::optional<milliseconds> parse_duration(std::string_view text);

/// What makes a specification unusable.
struct spec_fault {
  std::string field;
  std::string text;
};

std::optional<spec_fault> find_fault(const server_spec& x);

/// One server of a configuration. What is wrong is in the log.
server_spec read_server(const json& object, std::string name, config_log& log);

} // namespace troupe

#include "troupe/tools/troupe/advice.hpp"

#include <filesystem>

namespace troupe::cli {

namespace fs = std::filesystem;

namespace {

bool has(const failure& x, std::string_view text) {
  return x.text.find(text) != std::string::npos;
}

/// Whether the program exists but its interpreter, or loader, does not: the
/// kernel's "No such file" then means that.
bool lacks_interpreter(const failure& why) {
  constexpr std::string_view begin = "cannot execute ";
  auto at = why.text.find(begin);
  auto end = why.text.find(": No such file");
  if (at == std::string::npos || end == std::string::npos)
    return false;
  at += begin.size();
  std::error_code ignored;
  return at < end && fs::exists(why.text.substr(at, end - at), ignored);
}

std::string about_program(const failure& why, const server_spec& spec) {
  auto quoted = "'" + spec.command + "'";
  if (has(why, "Permission denied"))
    return quoted
           + " is there, but may not be executed: `chmod +x` it, or "
             "start it through its interpreter.";
  if (has(why, "Is a directory"))
    return quoted + " is a folder: name the program in it.";
  if (has(why, "Exec format error"))
    return quoted
           + " is not a program for this machine: if it is a script, its "
             "first line must name the interpreter (#!).";
  if (lacks_interpreter(why))
    return quoted
           + " is there, but what runs it is not: see its first line (#!), or "
             "install the loader and libraries that it was built for.";
  if (spec.command.find('/') == std::string::npos)
    return "Install " + quoted
           + ", or write its full path as `command`. PATH "
             "is that of `env`, else the one that this program was started "
             "with.";
  return "Check `command`" + std::string{spec.cwd.empty() ? "" : " and `cwd`"}
         + ": there is no such file.";
}

std::string about_exit(const signs& seen) {
  if (seen.was_ready)
    return "The program answered the handshake and ended after that; what it "
           "wrote last, if anything, is above. Run the command by hand.";
  return "The program ended before it answered; what it wrote last, if "
         "anything, is above. Run the command by hand; often an argument, a "
         "file or a variable is missing: a server gets only a few variables of "
         "its host, others must stand in `env` or `env_inherit`.";
}

std::string about_silence(const signs& seen) {
  if (seen.was_ready && seen.flooded)
    return "The server answered the handshake, but not this request in time: "
           "it sends so much unsolicited output that it is read slowly. "
           "Look at what it sends.";
  if (seen.was_ready)
    return "The server answered the handshake, but not this request in time. "
           "It may be busy, or wait for something: run the command by hand, "
           "and look at what it writes to stderr.";
  if (seen.spoke || seen.flooded)
    return "The program writes to stdout, but nothing that answers the "
           "handshake. Is it an MCP server on stdio? If it needs long to "
           "start, raise `timeouts.ready`; it must write nothing but messages "
           "to stdout.";
  // Whether it sends anything is not known: unsolicited messages are not
  // reported one by one.
  return "The program runs, but does not answer the handshake. Is it an MCP "
         "server on stdio? If it needs long to start, raise `timeouts.ready`; "
         "if it only speaks the older dialect, set `dialect` to `legacy`.";
}

/// Advice on a server that is not a program of ours.
std::string about_remote(const failure& why, const signs& seen) {
  if (has(why, "TLS: "))
    return "Something answers at `url`, but not with TLS that can be trusted, "
           "or not without a certificate of ours: see `ca_file` and "
           "`certificate_file` in `tls`. `insecure` there accepts any "
           "certificate.";
  auto lost = why.code == errc::connection_lost;
  if (seen.was_ready && (lost || why.code == errc::timed_out))
    return lost ? "The server answered the handshake, and could not be reached "
                  "after that: see its own log."
                : about_silence(seen);
  switch (why.code) {
    case errc::connection_lost:
    case errc::timed_out:
    case errc::handshake_timed_out:
      return "No server answers at `url`. Is the server running, and is it "
             "reached from here? A proxy is taken from HTTP_PROXY and "
             "HTTPS_PROXY.";
    case errc::server_error:
    case errc::handshake_failed:
    case errc::protocol_error:
      return "Something answers at `url`, but not as an MCP server should. "
             "Check the path (often /mcp or /sse), and `transport`.";
    case errc::auth_required:
      return "Give the server its credentials: a header in `headers`, usually "
             "Authorization, with a variable as its value.";
    default: return {};
  }
}

} // namespace

std::string advice_for(const failure& why, const server_spec& spec,
                       const signs& seen) {
  auto remote = spec.transport == "http" || spec.transport == "sse";
  if (auto text = remote ? about_remote(why, seen) : std::string{};
      !text.empty())
    return text;
  switch (why.code) {
    case errc::program_not_found: return about_program(why, spec);
    case errc::invalid_spec:
      return "Change what is named above in the configuration, or set the "
             "variable before starting.";
    case errc::child_exited:
    case errc::connection_lost: return about_exit(seen);
    case errc::handshake_timed_out:
    case errc::timed_out: return about_silence(seen);
    case errc::handshake_failed:
    case errc::protocol_error:
      return "The program answers, but not as an MCP server should. Check that "
             "`command` and `args` start the server itself, and that it writes "
             "nothing but messages to stdout.";
    case errc::no_common_version:
      return "Update the server, or this program: they share no version of the "
             "protocol.";
    case errc::auth_required:
      return "Give the server its credentials, usually a variable in `env`.";
    case errc::spawn_failed:
      return "The system refused to start a process. Check `cwd`, free memory, "
             "and the limits of processes and open files (`ulimit -a`).";
    case errc::warden_unavailable:
      return "The program `warden` must be beside this one, or where "
             "$TROUPE_WARDEN says. Install Troupe again.";
    case errc::too_large:
      return "The server sent more than `limits.frame_bytes_max` allows.";
    case errc::overloaded:
      return "Too much runs or is started at once; try again in a minute. "
             "`troupe run --live-max` lets more servers run at a time.";
    case errc::server_error:
      return "The server itself refused. What it says is above.";
    default: return std::string{explain(why.code)};
  }
}

} // namespace troupe::cli

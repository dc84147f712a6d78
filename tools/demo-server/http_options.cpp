#include "troupe/tools/demo-server/http_options.hpp"

#include <CLI/CLI.hpp>

namespace troupe::demo {

namespace {

void add_http_time(CLI::App& app, const char* name,
                   http_options::milliseconds& to, const char* text) {
  app
    .add_option_function<uint32_t>(
      name, [&to](uint32_t x) { to = http_options::milliseconds{x}; }, text)
    ->type_name("MS");
}

void add_http_offers(CLI::App& app, http_options& x) {
  app
    .add_option("--http", x.port,
                "serve Streamable HTTP at /mcp, and HTTP+SSE at /sse, on this "
                "port of 127.0.0.1 (0: any) instead of stdio; ends when stdin "
                "does, if that is a pipe")
    ->type_name("PORT");
  app.add_option("--answers", x.answers, "json (default), or sse: as events")
    ->check(CLI::IsMember({"json", "sse"}));
  app.add_option("--requests", x.requests, "append each request, as JSON")
    ->type_name("FILE");
  app
    .add_option("--token", x.token, "refuse requests without this bearer token")
    ->type_name("TOKEN");
  app
    .add_option("--challenge", x.challenge,
                "WWW-Authenticate of a 401 or 403 (default: Bearer)")
    ->type_name("TEXT");
  app.add_option("--retry", x.retry, "send this with a stream's first event")
    ->type_name("MS");
  app.add_flag("--no-get", x.no_get, "405 for GET");
  app.add_flag("--no-delete", x.no_delete, "405 for DELETE");
  app.add_flag("--no-session", x.no_session, "legacy without sessions");
  app.add_flag("--one-stream", x.one_stream,
               "409 for a second GET; otherwise it replaces the first");
  app
    .add_option("--rename-headers", x.rename_headers,
                "after N calls of `annotated`, expect its parameters in other "
                "headers, without announcing that")
    ->type_name("N");
}

void add_instead(CLI::App& app, http_options& x) {
  app
    .add_option("--http-after", x.after,
                "the options below strike only after N POSTs")
    ->type_name("N");
  app.add_option("--http-times", x.times, "and only N times")->type_name("N");
  app.add_option("--http-status", x.status, "answer POSTs with this status")
    ->type_name("STATUS")
    ->check(CLI::Range(200, 599));
  app.add_option("--http-body", x.body, "the body to that")->type_name("TEXT");
  app.add_flag("--half-open", x.half_open, "read POSTs, never answer");
  app.add_flag("--accept-all", x.accept_all, "202, without an answer");
  app.add_flag("--endless-body", x.endless_body,
               "an answer, or an event, without an end");
  app.add_flag("--gzip-bomb", x.gzip_bomb,
               "an endless answer, compressed 150 to 1");
  app.add_flag("--no-message", x.no_message,
               "answer JSON that is not a message");
  app.add_flag("--empty-stream", x.empty_stream, "a stream without an event");
  app.add_option("--redirect", x.redirect, "redirect POSTs to there")
    ->type_name("URL");
  app.add_option("--redirect-status", x.redirect_status, "default: 307")
    ->type_name("STATUS")
    ->check(CLI::Range(300, 399));
}

void add_http_answer_faults(CLI::App& app, http_options& x) {
  app
    .add_option("--content-type", x.content_type,
                "of answers, instead of JSON's")
    ->type_name("TYPE");
  app
    .add_option("--cut-at", x.cut_at,
                "execute POSTs, but cut the responses after that many bytes")
    ->type_name("BYTES");
  add_http_time(app, "--slow-head", x.slow_head, "delay of each byte of heads");
  add_http_time(app, "--slow-body", x.slow_body,
                "delay of each byte of bodies");
}

void add_stream_faults(CLI::App& app, http_options& x) {
  app
    .add_option("--lose-session", x.lose_session,
                "forget a session after N requests")
    ->type_name("N");
  app
    .add_option("--lost-session-status", x.lost_session_status,
                "for a session that is not known (default: 404)")
    ->type_name("STATUS");
  app.add_option("--session-id", x.session_id, "the id of all sessions")
    ->type_name("ID");
  app.add_flag("--drop-streams", x.drop_streams,
               "end a call's stream after its first event: the answer waits "
               "for a GET with Last-Event-ID");
  add_http_time(app, "--idle-cut", x.idle_cut,
                "cut streams that were idle for this time");
  app.add_flag("--redirect-get", x.redirect_get,
               "redirect GETs to another path of ours");
  app.add_option("--endpoint", x.endpoint, "what HTTP+SSE names as endpoint")
    ->type_name("URL");
}

} // namespace

void add_http_options(CLI::App& app, http_options& x) {
  app.option_defaults()->group("HTTP");
  add_http_offers(app, x);
  app.option_defaults()->group("HTTP: instead of an answer");
  add_instead(app, x);
  app.option_defaults()->group("HTTP: answers");
  add_http_answer_faults(app, x);
  app.option_defaults()->group("HTTP: sessions and streams");
  add_stream_faults(app, x);
}

} // namespace troupe::demo

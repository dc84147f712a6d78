// Covers messages/json/rpc.hpp, messages/json/loose_members.hpp.

#include "troupe/messages/json/rpc.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace rpc = json_rpc;

namespace {

// What came of one message, in a line.
struct describe {
  std::string operator()(const rpc::request& x) const {
    return "request " + rpc::to_string(x.id) + " " + x.method + " "
           + std::string{x.params.text()};
  }
  std::string operator()(const rpc::notification& x) const {
    return "notification " + x.method + " " + std::string{x.params.text()};
  }
  std::string operator()(const rpc::result& x) const {
    return "result " + rpc::to_string(x.id) + " " + std::string{x.value.text()};
  }
  std::string operator()(const rpc::error& x) const {
    return "error " + (x.id ? rpc::to_string(*x.id) : "-") + " "
           + std::to_string(x.code) + " '" + x.message + "' "
           + std::string{x.data.text()};
  }
};

std::string read(std::string text) {
  auto frame = rpc::parse(std::move(text));
  std::string result = frame.batch ? "batch: " : "";
  for (const auto& x : frame.messages)
    result += std::visit(describe{}, x) + ";";
  for (const auto& x : frame.faults)
    result += "fault: " + x.text;
  return result;
}

std::string message_with(const std::string& members) {
  return R"({"jsonrpc":"2.0",)" + members + "}";
}

bool is_fault(const std::string& text) {
  auto frame = rpc::parse(text);
  return frame.messages.empty() && frame.faults.size() == 1
         && !frame.faults[0].text.empty();
}

json parsed(std::string text) {
  return json::trusted(std::move(text));
}

} // namespace

SCENARIO("each kind of message is read", "[json_rpc]") {
  CHECK(read(message_with(R"("id":1,"method":"a/b","params":{"x":[1]})"))
        == R"(request 1 a/b {"x":[1]};)");
  CHECK(read(message_with(R"("id":"\u0031x","method":"m")"))
        == "request 1x m null;");
  CHECK(read(message_with(R"("method":"n","params":[1,2])"))
        == "notification n [1,2];");
  CHECK(read(message_with(R"("id":-9223372036854775808,"result":{ "k" : 1 })"))
        == R"(result -9223372036854775808 { "k" : 1 };)");
  CHECK(read(message_with(R"("id":7,"result":null)")) == "result 7 null;");
  CHECK(read(message_with(
          R"("id":7,"error":{"code":-32601,"message":"no","data":{"a":1}})"))
        == R"(error 7 -32601 'no' {"a":1};)");
  GIVEN("members in another order, unknown ones, and space") {
    CHECK(read("\r\n { \"result\" : {} , \"x\" : {\"id\":9} , \"id\" : 3 ,\n"
               " \"jsonrpc\" : \"2.0\" } ")
          == "result 3 {};");
  }
  GIVEN("an integer that is written as a decimal fraction") {
    CHECK(read(message_with(R"("id":4.0,"result":{})")) == "result 4 {};");
  }
}

SCENARIO("errors get through even where they are incomplete", "[json_rpc]") {
  CHECK(read(message_with(R"("id":null,"error":{"code":-32700,"message":"x"})"))
        == "error - -32700 'x' null;");
  CHECK(read(message_with(R"("error":{"code":-32000,"message":"x"})"))
        == "error - -32000 'x' null;");
  CHECK(read(message_with(R"("id":1,"error":{"code":5})"))
        == "error 1 5 '' null;");
  CHECK(read(message_with(R"("id":1,"error":{"code":5,"message":{"a":1}})"))
        == "error 1 5 '' null;");
}

SCENARIO("null counts as absent where servers write it so", "[json_rpc]") {
  CHECK(read(message_with(R"("method":"n","params":null)"))
        == "notification n null;");
  CHECK(read(message_with(R"("id":1,"result":{},"error":null)"))
        == "result 1 {};");
  CHECK(read(message_with(R"("id":1,"result":null,"error":{"code":1})"))
        == "error 1 1 '' null;");
}

SCENARIO("JSON that is no message is a fault", "[json_rpc]") {
  auto members = GENERATE(
    as<std::string>{},
    // a request's id
    R"("id":null,"method":"m")", R"("id":1.5,"method":"m")",
    R"("id":true,"method":"m")", R"("id":{},"method":"m")",
    R"("id":[1],"method":"m")", R"("id":9223372036854775808,"method":"m")",
    // a result's id
    R"("result":{})", R"("id":null,"result":{})", R"("id":0.1,"result":{})",
    // an error's id
    R"("id":1.5,"error":{"code":1,"message":""})",
    R"("id":false,"error":{"code":1,"message":""})",
    // the error
    R"("id":1,"error":"no")", R"("id":1,"error":{})",
    R"("id":1,"error":{"code":"1"})", R"("id":1,"error":{"code":1.5})",
    R"("id":1,"error":null)",
    // what it is at all
    R"("id":1,"result":{},"error":{"code":1})",
    R"("id":1,"method":"m","result":{})",
    R"("id":1,"method":"m","error":{"code":1})", R"("id":1)",
    R"("id":1,"method":2)",
    // the params
    R"("id":1,"method":"m","params":1)", R"("method":"m","params":"x")");
  CAPTURE(members);
  CHECK(is_fault(message_with(members)));
}

SCENARIO("other versions and other texts are faults", "[json_rpc]") {
  for (std::string text :
       {R"({"id":1,"method":"m"})", R"({"jsonrpc":"1.0","id":1,"method":"m"})",
        R"({"jsonrpc":2.0,"id":1,"method":"m"})",
        R"({"jsonrpc":null,"id":1,"method":"m"})", "1", "null", "\"x\"", "{}",
        "[]", "", "Listening on port 1", "{\"jsonrpc\":\"2.0\""}) {
    CAPTURE(text);
    CHECK(is_fault(text));
  }
  GIVEN("text that is no JSON") {
    auto frame = rpc::parse("{\"jsonrpc\" \"2.0\"}");
    REQUIRE(frame.faults.size() == 1);
    CHECK(frame.faults[0].where.why == json_error::reason::syntax);
    CHECK(frame.faults[0].where.offset == 11);
    CHECK(frame.refused == "{\"jsonrpc\" \"2.0\"}");
  }
  GIVEN("JSON that is no message") {
    auto frame = rpc::parse("{}");
    REQUIRE(frame.faults.size() == 1);
    CHECK(frame.faults[0].where.why == json_error::reason::none);
    CHECK(frame.refused.empty());
  }
  GIVEN("a frame above its limit") {
    json_limits limits;
    limits.bytes_max = 10;
    auto frame = rpc::parse(message_with(R"("method":"m")"), limits);
    REQUIRE(frame.faults.size() == 1);
    CHECK(frame.faults[0].where.why == json_error::reason::too_large);
  }
}

namespace {

// The id of the request that a broken answer is for; "-" where it has none.
std::string answers(std::string text, const json_limits& limits = {}) {
  auto frame = rpc::parse(std::move(text), limits);
  if (!frame.messages.empty() || frame.faults.size() != 1)
    return "no fault";
  auto& id = frame.faults[0].answers;
  return id ? rpc::to_string(*id) : "-";
}

} // namespace

SCENARIO("a bad answer whose id can be read says whom it is for",
         "[json_rpc]") {
  GIVEN("JSON that is no message") {
    CHECK(answers(message_with(R"("id":7,"error":"no")")) == "7");
    CHECK(answers(message_with(R"("id":"7","error":{})")) == "7");
    CHECK(answers(message_with(R"("id":7,"result":1,"error":{"code":1})"))
          == "7");
    CHECK(answers(message_with(R"("id":7)")) == "7");
    CHECK(answers(R"({"id":7,"result":{}})") == "7");
    CHECK(answers(R"({"jsonrpc":2,"id":7.0,"error":{"code":1}})") == "7");
  }
  GIVEN("what is no JSON, or more than we take") {
    auto deep = std::string(70, '[') + std::string(70, ']');
    CHECK(answers(message_with(R"("id":7,"result":)" + deep)) == "7");
    CHECK(answers(message_with(R"("result":{"a":1,"a":1},"id":7)")) == "7");
    CHECK(answers(message_with(R"("id":7,"id":7,"result":{})")) == "7");
    CHECK(answers(message_with(R"("id":7,"result":[1,NaN,],)")) == "7");
    CHECK(answers(message_with("\"id\":7,\"result\":\"\xFF\"")) == "7");
    CHECK(answers(message_with(R"("id":7,"result":{})") + "[INFO] sent")
          == "7");
    CHECK(answers(R"( { "id" : "x" , "error" : [ } ] } )") == "-");
    json_limits small;
    small.bytes_max = 10;
    CHECK(answers(message_with(R"("id":7,"result":{})"), small) == "7");
    json_limits few;
    few.nodes_max = 3;
    CHECK(answers(message_with(R"("id":7,"result":{})"), few) == "7");
  }
  GIVEN("what is no answer, or names no request") {
    CHECK(answers(message_with(R"("id":7,"method":2)")) == "-");
    CHECK(answers(message_with(R"("id":7,"method":"m","result":{})")) == "-");
    CHECK(answers(R"({"level":30,"id":7,"msg":"a log line"})") == "-");
    CHECK(answers(R"({"level":30,"id":7,"msg":"a log line",})") == "-");
    CHECK(answers(message_with(R"("id":7,"method":"m","params":[,])")) == "-");
    CHECK(answers(message_with(R"("result":{"id":7,})")) == "-");
    CHECK(answers(message_with(R"("result":",\"id\":7,",)")) == "-");
    CHECK(answers(message_with(R"("id":7,"id":8,"result":{})")) == "-");
    CHECK(answers(message_with(R"("id":null,"result":{},,"x":NaN)")) == "-");
    CHECK(answers(message_with(R"("\u0069d":7,"result":NaN)")) == "-");
    CHECK(answers(message_with(R"("id":"a","id":"a","error":"b","id":)"))
          == "-");
  }
  GIVEN("an answer that was cut anywhere") {
    auto text = message_with(R"("id":7,"result":{"a":[{"b":"}"},2]})");
    for (size_t i = 0; i < text.size(); ++i)
      CHECK(answers(text.substr(0, i)) == "-");
  }
}

SCENARIO("entries of a batch are judged one by one", "[json_rpc]") {
  CHECK(read("[" + message_with(R"("id":1,"result":{"a":{"b":1}})") + ","
             + message_with(R"("method":"n")") + "]")
        == R"(batch: result 1 {"a":{"b":1}};notification n null;)");
  auto frame =
    rpc::parse("[1," + message_with(R"("id":2,"result":{})") + ",{},[]]");
  CHECK(frame.batch);
  CHECK(frame.messages.size() == 1);
  CHECK(frame.faults.size() == 3);
  auto empty = rpc::parse(" [ ] ");
  CHECK(empty.batch);
  CHECK(empty.faults.size() == 1);
}

SCENARIO("messages are written on one line", "[json_rpc]") {
  CHECK(rpc::format_request(rpc::id{int64_t{5}}, "tools/call",
                            parsed("{\"a\":\n[1]\r\n}"))
        == R"({"jsonrpc":"2.0","id":5,"method":"tools/call",)"
           R"("params":{"a": [1]  }})");
  CHECK(rpc::format_request(rpc::id{"a\"b"}, "ping", {})
        == R"({"jsonrpc":"2.0","id":"a\"b","method":"ping"})");
  CHECK(rpc::format_notification("n\n", parsed("[]"))
        == R"({"jsonrpc":"2.0","method":"n\n","params":[]})");
  CHECK(rpc::format_result(rpc::id{int64_t{-1}}, {})
        == R"({"jsonrpc":"2.0","id":-1,"result":null})");
  CHECK(rpc::format_error(rpc::id{"x"}, -32601, "no such\tmethod")
        == R"({"jsonrpc":"2.0","id":"x","error":{"code":-32601,)"
           R"("message":"no such\tmethod"}})");
  CHECK(rpc::format_error(rpc::id{"x"}, 1, "", parsed("{\"a\":1}"))
        == R"({"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"",)"
           R"("data":{"a":1}}})");
}

SCENARIO("what is written can be read", "[json_rpc]") {
  auto params = parsed(R"({"big":9007199254740993,"e":1.10,"u":"\u00e9"})");
  CHECK(read(rpc::format_request(rpc::id{"\x01\xC3\xA9"}, "m\\", params))
        == "request \x01\xC3\xA9 m\\ " + std::string{params.text()} + ";");
  CHECK(read(rpc::format_result(rpc::id{INT64_MAX}, params))
        == "result 9223372036854775807 " + std::string{params.text()} + ";");
  CHECK(read(rpc::format_error(rpc::id{int64_t{1}}, -1, "a\"b", params))
        == "error 1 -1 'a\"b' " + std::string{params.text()} + ";");
}

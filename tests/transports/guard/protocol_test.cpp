// Covers transports/guard/protocol.hpp, transports/guard/packet.hpp,
// transports/guard/packet_socket.hpp, transports/guard/launch_image.hpp,
// transports/guard/process_mark.hpp.

#include "troupe/transports/guard/launch_image.hpp"
#include "troupe/transports/guard/packet_socket.hpp"
#include "troupe/transports/guard/process_mark.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace troupe;

// -- packets -----------------------------------------------------------------

SCENARIO("a packet is decoded as what it is, or not at all", "[wire]") {
  auto bytes = guard_protocol::encode(guard_protocol::shim_ended{7, 1, 3});
  auto packet = std::span<const char>{bytes};
  GIVEN("a whole packet") {
    THEN("its message comes back, under its own kind only") {
      auto x = guard_protocol::decode<guard_protocol::shim_ended>(packet);
      REQUIRE(x);
      CHECK(x->id == 7);
      CHECK(x->orderly == 1);
      CHECK(x->killed == 3);
      CHECK(!guard_protocol::decode<guard_protocol::forked>(packet));
    }
  }
  GIVEN("a packet that is cut, at any byte, or too long") {
    THEN("there is no message") {
      for (size_t n = 0; n < packet.size(); ++n)
        CHECK(
          !guard_protocol::decode<guard_protocol::shim_ended>(packet.first(n)));
      auto longer = std::vector<char>(bytes.begin(), bytes.end());
      longer.push_back(0);
      CHECK(!guard_protocol::decode<guard_protocol::shim_ended>(longer));
    }
  }
  GIVEN("another version's packet") {
    bytes[0] ^= 1;
    THEN("it has no kind") {
      CHECK(!guard_protocol::kind_of(packet));
      CHECK(!guard_protocol::decode<guard_protocol::shim_ended>(packet));
    }
  }
  GIVEN("a kind that does not exist") {
    bytes[4] = 99;
    THEN("it has no kind") {
      CHECK(!guard_protocol::kind_of(packet));
    }
  }
}

SCENARIO("descriptors travel beside a packet", "[wire]") {
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
  GIVEN("a packet with two of them") {
    int fds[] = {open("/dev/null", O_RDONLY), open("/dev/null", O_RDONLY)};
    REQUIRE(guard_protocol::send(pair[0], guard_protocol::spawn{5}, fds) == 0);
    for (auto fd : fds)
      close(fd);
    auto packet = std::make_unique<guard_protocol::received>();
    REQUIRE(packet->receive(pair[1]) == 0);
    THEN("they arrive closed on exec; what is not taken is closed") {
      REQUIRE(packet->fds() == 2);
      auto taken = packet->take_fd(1);
      CHECK(fcntl(taken, F_GETFD) == FD_CLOEXEC);
      CHECK(packet->take_fd(1) == -1);
      auto first = packet->take_fd(0);
      packet.reset();
      CHECK(fcntl(taken, F_GETFD) == FD_CLOEXEC);
      CHECK(fcntl(first, F_GETFD) == FD_CLOEXEC);
      close(taken);
      close(first);
    }
    THEN("reading on with none there says so, and their end too") {
      CHECK(packet->receive(pair[1]) == EAGAIN);
      close(pair[0]);
      pair[0] = -1;
      CHECK(packet->receive(pair[1]) == EPIPE);
      CHECK(packet->fds() == 0);
    }
  }
  GIVEN("a peer that closes with input unread") {
    REQUIRE(guard_protocol::send(pair[0], guard_protocol::stop{1}) == 0);
    REQUIRE(guard_protocol::send(pair[1], guard_protocol::gone{}) == 0);
    close(pair[1]);
    pair[1] = -1;
    THEN("its last message is not lost") {
      guard_protocol::received packet;
      CHECK(packet.receive(pair[0]) == 0);
      CHECK(guard_protocol::decode<guard_protocol::gone>(packet.bytes()));
    }
  }
  GIVEN("a peer that is gone") {
    close(pair[1]);
    pair[1] = -1;
    THEN("sending fails, and no signal is raised") {
      CHECK(guard_protocol::send(pair[0], guard_protocol::stop{1}) == EPIPE);
    }
  }
  for (auto fd : pair)
    if (fd >= 0)
      close(fd);
}

// -- launches ----------------------------------------------------------------

static guard_protocol::launch example() {
  auto x = guard_protocol::launch{};
  x.head.host_death_grace_ms = 500;
  x.path = "/bin/cat";
  x.argv = {"cat", "", "a b"};
  x.env = {"A=1"};
  return x;
}

static bool decodes(std::string image, size_t room_for = 64) {
  auto room = std::vector<char*>(room_for);
  auto view = guard_protocol::launch_view{};
  return guard_protocol::decode_launch(image, room, view);
}

SCENARIO("a launch is read as it was written", "[wire]") {
  auto image = guard_protocol::encode_launch(example());
  GIVEN("the whole image") {
    auto room = std::vector<char*>(guard_protocol::launch_pointers(image));
    auto view = guard_protocol::launch_view{};
    REQUIRE(guard_protocol::decode_launch(image, room, view));
    THEN("it has all its parts, lists ended by null") {
      CHECK(view.path == std::string{"/bin/cat"});
      CHECK(view.cwd == std::string{});
      CHECK(view.argv[1] == std::string{});
      CHECK(view.argv[2] == std::string{"a b"});
      CHECK(view.argv[3] == nullptr);
      CHECK(view.env[0] == std::string{"A=1"});
      CHECK(view.env[1] == nullptr);
      CHECK(view.head.host_death_grace_ms == 500);
    }
  }
  GIVEN("an image cut at any byte, or with one too many") {
    THEN("it is refused") {
      for (size_t n = 0; n < image.size(); ++n)
        CHECK(!decodes(image.substr(0, n)));
      CHECK(!decodes(image + '\0'));
      CHECK(decodes(image));
    }
  }
  GIVEN("counts that lie") {
    auto head = guard_protocol::launch_head{};
    THEN("they are refused") {
      for (auto argc : {0u, 2u, 4u, 0xffffffffu}) {
        std::memcpy(&head, image.data(), sizeof(head));
        head.argc = argc;
        auto lie = image;
        std::memcpy(lie.data(), &head, sizeof(head));
        CHECK(!decodes(lie));
      }
    }
  }
  GIVEN("too little room for the pointers") {
    THEN("it is refused") {
      CHECK(!decodes(image, guard_protocol::launch_pointers(image) - 1));
    }
  }
}

SCENARIO("a launch beyond the limits is not written", "[wire]") {
  auto x = example();
  GIVEN("more strings than allowed") {
    x.env.assign(defaults::launch_strings_max - x.argv.size(), "A=1");
    CHECK(!guard_protocol::encode_launch(x).empty());
    x.env.push_back("A=1");
    CHECK(guard_protocol::encode_launch(x).empty());
  }
  GIVEN("more bytes than allowed") {
    auto rest =
      defaults::launch_bytes_max - guard_protocol::encode_launch(x).size() - 1;
    x.argv.emplace_back(rest, 'x');
    CHECK(guard_protocol::encode_launch(x).size()
          == defaults::launch_bytes_max);
    x.argv.back().push_back('x');
    CHECK(guard_protocol::encode_launch(x).empty());
  }
  GIVEN("a zero byte in a text") {
    x.argv.emplace_back("a\0b", 3);
    CHECK(guard_protocol::encode_launch(x).empty());
  }
}

// -- marks -------------------------------------------------------------------

SCENARIO("a mark says who started a process", "[mark]") {
  auto x = process_mark{{4711, 99, 0xabc, 0xdef}, 0xffffffffffffffff, 12};
  char text[mark_text_max];
  write_mark(x, text);
  auto entry = std::string{text};
  GIVEN("an environment that holds it") {
    auto env = std::string{"A=1"} + '\0' + entry + '\0' + "B=2" + '\0';
    THEN("it is found") {
      CHECK(find_mark(env) == x);
    }
  }
  GIVEN("a guard's command line that holds it") {
    char guard[mark_text_max];
    write_mark(x, guard, guard_mark_name);
    CHECK(is_mark(guard));
    CHECK(is_mark(text));
    CHECK_FALSE(is_mark("TROUPE_GUARD=whatever"));
    auto marks = std::string{'\0'} + guard + '\0' + text + '\0';
    THEN("it is found in that of a guard only") {
      auto shim = std::string{shim_title} + marks;
      CHECK(find_guard_mark(shim, guard_mark_name) == x);
      CHECK(find_guard_mark(shim, mark_name) == x);
      CHECK_FALSE(find_guard_mark("grep" + marks, guard_mark_name));
      CHECK_FALSE(find_guard_mark("mcp-shims" + marks, guard_mark_name));
      CHECK_FALSE(find_guard_mark(std::string{shim_title}, mark_name));
      CHECK_FALSE(find_guard_mark("", mark_name));
    }
  }
  GIVEN("an environment that only mentions it") {
    auto env = "X" + entry + '\0' + "Y=" + entry + '\0';
    THEN("it is not found") {
      CHECK(!find_mark(env));
    }
  }
  GIVEN("a text that is cut anywhere, or goes on") {
    auto value = entry.substr(entry.find('=') + 1);
    THEN("it is no mark, or at least another one") {
      for (size_t n = 0; n < value.size(); ++n)
        CHECK(read_mark(value.substr(0, n)) != x);
      for (auto tail : {".", " ", ".1", "x"})
        CHECK(!read_mark(value + tail));
    }
  }
  GIVEN("foreign texts") {
    for (auto text : {"", "1", "0.1.1.1.1.1", "-5.1.1.1.1.1", "1.2.3.4.5.",
                      "a.b.c.d.e.f", "99999999999.1.1.1.1.1"})
      CHECK(!read_mark(text));
  }
}

SCENARIO("a process is known by more than its pid", "[mark]") {
  auto self = own_identity();
  REQUIRE(self.pid == getpid());
  GIVEN("this very process") {
    CHECK(!is_gone(self));
  }
  GIVEN("a process that had our pid before us") {
    self.start -= 1;
    CHECK(is_gone(self));
  }
  GIVEN("a pid that no process has") {
    self.pid = 1 << 30;
    CHECK(is_gone(self));
  }
}

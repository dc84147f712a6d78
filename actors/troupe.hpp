#pragma once

/// All that a program needs to embed Troupe: `#include <troupe/troupe.hpp>`.
/// Begin with config.hpp and runtime.hpp (for programs that have an actor
/// system) or standalone_runtime.hpp (for those that have none), and ask.hpp;
/// interfaces.hpp says which actor takes which message.

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/ask.hpp"
#include "troupe/actors/blocking.hpp"
#include "troupe/actors/config.hpp"
#include "troupe/actors/runtime.hpp"
#include "troupe/actors/standalone_runtime.hpp"
#include "troupe/build.hpp"
#include "troupe/transports/blocking_credentials.hpp"
#include "troupe/transports/pipe/server.hpp"

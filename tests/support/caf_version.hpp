#pragma once

#include "troupe/messages/caf_inspect.hpp"

/// Whether this is CAF 1.1. What comes after it calls itself by the same
/// version, and has other interfaces where a test looks inside.
#if !TROUPE_CAF_0_17 && !__has_include(<caf/add_ref.hpp>)
#define TROUPE_CAF_1_1 1
#else
#define TROUPE_CAF_1_1 0
#endif

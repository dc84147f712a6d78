#pragma once

namespace troupe::bench {

/// Prints what it costs to search a server's words for hidden values: the same
/// for each byte, however many there are.
void measure_redaction();

} // namespace troupe::bench

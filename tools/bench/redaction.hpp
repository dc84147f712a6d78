#pragma once

namespace troupe::bench {

/// Prints the cost of searching a server's words for hidden values: constant
/// for each byte, however many values there are.
void measure_redaction();

} // namespace troupe::bench

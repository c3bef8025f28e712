/** What clients saw, and two independent judges of it. Leases are not served yet, so no history has any. */
@NullMarked
package dev.cairn.chaos.history;

import org.jspecify.annotations.NullMarked;

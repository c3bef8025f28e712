/** HTTP/1.1 on a Unix socket, for callers whose user id the kernel vouches for. Knows nothing of what the pages say. */
@NullMarked
package dev.cairn.agent.http;

import org.jspecify.annotations.NullMarked;

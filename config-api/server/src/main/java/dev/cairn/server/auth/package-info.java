/** Who a client is: passwords, tokens, certificates. What a user may do is decided by {@link dev.cairn.kv.auth}. */
@NullMarked
package dev.cairn.server.auth;

import org.jspecify.annotations.NullMarked;

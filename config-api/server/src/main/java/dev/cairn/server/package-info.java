/** The etcd v3 API over a replica. */
@NullMarked
package dev.cairn.server;

import org.jspecify.annotations.NullMarked;

/** The etcd v3 API: messages to operations, outcomes to messages, and nothing else. */
@NullMarked
package dev.cairn.server.etcd;

import org.jspecify.annotations.NullMarked;

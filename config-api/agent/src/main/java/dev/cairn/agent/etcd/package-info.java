/** etcd's v3 API for programs of this node: what is passed on was verified, what is acknowledged has a receipt. */
@NullMarked
package dev.cairn.agent.etcd;

import org.jspecify.annotations.NullMarked;

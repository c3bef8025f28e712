/** What dashboards are shown: etcd's names where etcd has one, {@code cairn_} names for the rest. */
@NullMarked
package dev.cairn.server.metrics;

import org.jspecify.annotations.NullMarked;

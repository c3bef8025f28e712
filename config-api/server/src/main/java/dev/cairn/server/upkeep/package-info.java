/** What keeps a store in order and takes it elsewhere: snapshots in etcd's own format, hashes to compare replicas by. */
@NullMarked
package dev.cairn.server.upkeep;

import org.jspecify.annotations.NullMarked;

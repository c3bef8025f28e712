/** The file format of bbolt, etcd's database: written in one go, and read. Knows nothing of what lies in it. */
@NullMarked
package dev.cairn.server.bolt;

import org.jspecify.annotations.NullMarked;

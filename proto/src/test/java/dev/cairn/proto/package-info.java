/** Tests that the protobuf files say what etcd's clients expect. */
@NullMarked
package dev.cairn.proto;

import org.jspecify.annotations.NullMarked;

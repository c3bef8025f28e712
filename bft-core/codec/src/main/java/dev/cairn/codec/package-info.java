/** Records to protobuf and back; signing and verifying. */
@NullMarked
package dev.cairn.codec;

import org.jspecify.annotations.NullMarked;

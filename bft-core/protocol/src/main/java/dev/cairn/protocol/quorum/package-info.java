/** The arithmetic of Byzantine quorums. */
@NullMarked
package dev.cairn.protocol.quorum;

import org.jspecify.annotations.NullMarked;

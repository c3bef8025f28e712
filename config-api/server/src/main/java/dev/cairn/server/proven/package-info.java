/** The services of cairn.v1: answers that prove themselves to clients that trust no replica. */
@NullMarked
package dev.cairn.server.proven;

import org.jspecify.annotations.NullMarked;

/** The same calls to a real etcd and to Cairn, and their answers field by field. */
@NullMarked
package dev.cairn.chaos.conformance;

import org.jspecify.annotations.NullMarked;

/**
 * A client of a Cairn cluster that trusts none of its replicas. {@link dev.cairn.client.LightClient} follows the chain of
 * headers from the genesis document on; what is read is proven against a header of it before the caller sees it.
 */
@NullMarked
package dev.cairn.client;

import org.jspecify.annotations.NullMarked;

/**
 * Load generator for any etcd v3 endpoint.
 *
 * <p>Calls are asynchronous and their callbacks run on the transport's threads, so a thousand requests in flight cost a
 * thousand small objects and no threads. Every run is bounded: by a number of operations, by a time, or by both, and every
 * single operation by a timeout.
 */
@NullMarked
package dev.cairn.cli.bench;

import org.jspecify.annotations.NullMarked;

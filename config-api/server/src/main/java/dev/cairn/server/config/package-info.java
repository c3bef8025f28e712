/**
 * The files a replica starts from: the genesis document that everyone shares, the replica's own keys, and its
 * configuration. Whatever is wrong with one of them is a {@link dev.cairn.server.config.StartupException} of one line.
 */
@NullMarked
package dev.cairn.server.config;

import org.jspecify.annotations.NullMarked;

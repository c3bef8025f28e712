/** What replicas talk about: blocks, votes, certificates, messages, and their canonical bytes. */
@NullMarked
package dev.cairn.protocol.model;

import org.jspecify.annotations.NullMarked;

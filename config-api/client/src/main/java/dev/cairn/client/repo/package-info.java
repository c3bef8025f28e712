/** Repositories: trees of files below a prefix of keys, which docs/repositories.md lays down. Pure; nothing here reads or writes. */
@NullMarked
package dev.cairn.client.repo;

import org.jspecify.annotations.NullMarked;

/** Repositories in directories. */
@NullMarked
package dev.cairn.cli.repo;

import org.jspecify.annotations.NullMarked;

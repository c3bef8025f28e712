/** The commands of repositories: push, and repo with list, log, show and export. */
@NullMarked
package dev.cairn.cli.repo;

import org.jspecify.annotations.NullMarked;

/** Which node runs which revision of a repository: what {@code cairn-pull} on the nodes wrote down. */
@NullMarked
package dev.cairn.cli.nodes;

import org.jspecify.annotations.NullMarked;

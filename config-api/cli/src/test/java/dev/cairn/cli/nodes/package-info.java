@NullMarked
package dev.cairn.cli.nodes;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.cairn.cli.changes;

import org.jspecify.annotations.NullMarked;

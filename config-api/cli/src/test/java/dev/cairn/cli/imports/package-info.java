@NullMarked
package dev.cairn.cli.imports;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.cairn.kv.snapshot;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.cairn.kv;

import org.jspecify.annotations.NullMarked;

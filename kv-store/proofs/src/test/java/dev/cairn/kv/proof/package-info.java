@NullMarked
package dev.cairn.kv.proof;

import org.jspecify.annotations.NullMarked;

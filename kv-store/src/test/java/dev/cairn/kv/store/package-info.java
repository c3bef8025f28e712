@NullMarked
package dev.cairn.kv.store;

import org.jspecify.annotations.NullMarked;

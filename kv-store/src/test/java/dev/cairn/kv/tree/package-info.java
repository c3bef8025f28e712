@NullMarked
package dev.cairn.kv.tree;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.cairn.kv.audit;

import org.jspecify.annotations.NullMarked;

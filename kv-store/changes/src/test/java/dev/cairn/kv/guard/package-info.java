@org.jspecify.annotations.NullMarked
package dev.cairn.kv.guard;

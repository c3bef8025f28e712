@org.jspecify.annotations.NullMarked
package dev.cairn.ssh;

/** What clients and the store say to each other: keys, versions, operations and what became of them. */
@NullMarked
package dev.cairn.kv.model;

import org.jspecify.annotations.NullMarked;

/** JSON in one layout: what is hashed has one spelling. */
@NullMarked
package dev.cairn.genesis.json;

import org.jspecify.annotations.NullMarked;

/** Trees and what is none. */
@NullMarked
package dev.cairn.client.repo;

import org.jspecify.annotations.NullMarked;

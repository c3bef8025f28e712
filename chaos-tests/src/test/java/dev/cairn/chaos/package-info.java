@NullMarked
package dev.cairn.chaos;

import org.jspecify.annotations.NullMarked;

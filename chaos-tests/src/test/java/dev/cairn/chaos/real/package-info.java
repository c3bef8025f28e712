@NullMarked
package dev.cairn.chaos.real;

import org.jspecify.annotations.NullMarked;

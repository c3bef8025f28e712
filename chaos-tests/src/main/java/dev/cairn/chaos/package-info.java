/** Tests of the whole: its architecture, and clusters under attack. */
@NullMarked
package dev.cairn.chaos;

import org.jspecify.annotations.NullMarked;

/** Tests of encodings and signatures. */
@NullMarked
package dev.cairn.codec;

import org.jspecify.annotations.NullMarked;

/** Tests of the shell: over real disks and real links, waiting for conditions and never for a time. */
@NullMarked
package dev.cairn.runtime;

import org.jspecify.annotations.NullMarked;

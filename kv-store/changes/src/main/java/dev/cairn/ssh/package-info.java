/** Signatures as OpenSSH writes them: keys, SSHSIG, and what is refused of either. */
@NullMarked
package dev.cairn.ssh;

import org.jspecify.annotations.NullMarked;

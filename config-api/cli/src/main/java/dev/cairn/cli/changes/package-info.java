/** The commands of signed changes: draft, sign, submit, approve, and whatever asks who changed what. */
@NullMarked
package dev.cairn.cli.changes;

import org.jspecify.annotations.NullMarked;

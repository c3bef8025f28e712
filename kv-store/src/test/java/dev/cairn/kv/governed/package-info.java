/** A plain model of guards, approvals and the ledger, to hold the real ones against. */
@NullMarked
package dev.cairn.kv.governed;

import org.jspecify.annotations.NullMarked;

package dev.cairn.kv.audit;

import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Height;

/**
 * An executed change of which every rule holds.
 *
 * @param height of the block that executed it
 * @param governance by which it was admitted, the one before it
 */
public record AuditedChange(Height height, SignedText text, ChangeRecord record, Governance governance) {}

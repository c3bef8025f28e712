package dev.cairn.kv.audit;

import java.util.List;

/**
 * What a block did that holds.
 *
 * @param changes that it executed, in their order
 * @param signedWrites how many writes of keys one key answered for alone, such as a node's
 * @param unsignedWrites how many writes of keys nobody signed; all of them below open prefixes
 */
public record AuditedBlock(List<AuditedChange> changes, long signedWrites, long unsignedWrites) {
    public AuditedBlock {
        changes = List.copyOf(changes);
    }
}

package dev.cairn.client;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.proof.Question;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.QuorumCertificate;
import java.util.List;

/**
 * What a saved proof shows to be true.
 *
 * @param header of the block under which it is true; nothing says that it is the newest
 * @param versions in key order, none left out; with values unless only keys were asked for
 * @param more whether the question's limit cut off further keys
 */
public record ProvenKeys(
        Header header,
        QuorumCertificate certificate,
        Question.OfKeys question,
        List<KeyVersion> versions,
        boolean more) {
    public ProvenKeys {
        versions = List.copyOf(versions);
    }

    /** The revision of which it is true. */
    public long revision() {
        long asked = switch (question) {
            case Question.Get get -> get.revision();
            case Question.Range range -> range.revision();
        };
        return asked == 0 ? header.roots().lastRevision() : asked;
    }
}

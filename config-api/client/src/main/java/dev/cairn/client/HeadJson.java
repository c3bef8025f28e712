package dev.cairn.client;

import dev.cairn.genesis.json.Json;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.QuorumCertificate;
import java.util.List;
import java.util.Optional;

/** A header, and who certified it, as programs are told of it. */
public final class HeadJson {
    private HeadJson() {}

    /** Height, block, state root and revision; of a certificate the view and the signers. More may be put in. */
    public static Json.Builder fields(Header header, Optional<QuorumCertificate> certificate) {
        Json.Builder fields = Json.object()
                .put("height", header.height().value())
                .put("block", header.digest().toHex())
                .put("state_root", header.roots().stateRoot().toHex())
                .put("revision", header.roots().lastRevision());
        certificate.ifPresent(by -> fields.put("view", by.view().number())
                .put("signers", signers(by).stream().map(Json::whole).toList()));
        return fields;
    }

    /** The indices of the replicas that signed, in order. */
    public static List<Integer> signers(QuorumCertificate certificate) {
        return certificate.votes().stream()
                .map(vote -> vote.voter().index())
                .sorted()
                .toList();
    }
}

package dev.cairn.cli;

import dev.cairn.cli.changes.GovernanceReview;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.json.Json;
import java.util.ArrayList;
import java.util.List;

/** A genesis document in words. */
final class GenesisReview {
    private GenesisReview() {}

    static List<String> lines(GenesisFile genesis) {
        List<String> lines = new ArrayList<>();
        int tolerated = genesis.membership().quorums().f();
        lines.add(
                "Cluster \"" + genesis.cluster() + "\" of " + genesis.replicas().size() + " replicas, founded "
                        + genesis.created() + ", chain id " + genesis.chainId().toHex());
        lines.add("It tolerates " + tolerated + " faulty replica" + (tolerated == 1 ? "" : "s")
                + (tolerated == 0 ? "; four are the fewest that tolerate one" : "") + ".");
        for (int i = 0; i < genesis.replicas().size(); i++) {
            GenesisFile.Member member = genesis.replicas().get(i);
            lines.add("  replica " + i + "  clients " + member.client() + "  peers " + member.peer());
        }
        lines.addAll(
                GovernanceReview.lines(genesis.governance(), genesis.created().getEpochSecond()));
        return lines;
    }

    static Json json(GenesisFile genesis) {
        List<Json> replicas = new ArrayList<>();
        for (GenesisFile.Member member : genesis.replicas()) {
            replicas.add(Json.object()
                    .put("id", replicas.size())
                    .put("clients", member.client().toString())
                    .put("peers", member.peer().toString())
                    .put("vote_key", member.voteKey().toHex())
                    .put("tls_fingerprint", member.tlsFingerprint().toHex())
                    .build());
        }
        return Json.object()
                .put("chain", genesis.chainId().toHex())
                .put("cluster", genesis.cluster())
                .put("created", genesis.created().toString())
                .put("tolerates", genesis.membership().quorums().f())
                .put("replicas", replicas)
                .put(
                        "governance",
                        GovernanceReview.json(
                                genesis.governance(), genesis.created().getEpochSecond()))
                .build();
    }
}

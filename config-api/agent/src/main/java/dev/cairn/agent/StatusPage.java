package dev.cairn.agent;

import dev.cairn.agent.mirror.Mirrors;
import dev.cairn.client.CairnClient;
import dev.cairn.client.HeadJson;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.TrustedHead;
import dev.cairn.genesis.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** How the agent is, for people and for {@code cairn agent status}. Asks the cluster. */
final class StatusPage implements Supplier<Json> {
    private final CairnClient client;
    private final Reads reads;
    private final Mirrors mirrors;
    private final Refusals refusals;
    private final Optional<NodeKey> signer;
    private final Optional<AgentUser> user;
    private final SigningIn signingIn;

    StatusPage(
            CairnClient client,
            Reads reads,
            Mirrors mirrors,
            Refusals refusals,
            Optional<NodeKey> signer,
            Optional<AgentUser> user,
            SigningIn signingIn) {
        this.user = user;
        this.signingIn = signingIn;
        this.signer = signer;
        this.client = client;
        this.reads = reads;
        this.mirrors = mirrors;
        this.refusals = refusals;
    }

    @Override
    public Json get() {
        Json.Builder fields = Json.object()
                .put("cluster", client.pin().document().cluster())
                .put("chain_id", client.pin().chainId().toHex());
        signer.ifPresent(key -> fields.put("node", key.name().text())
                .put("key", key.key().publicKey().fingerprint().toString()));
        user.ifPresent(who -> fields.put("user", who.name()));
        try {
            TrustedHead newest = reads.head();
            fields.put("reachable", true).put("newest", head(newest));
        } catch (NotVerifiedException e) {
            fields.put("reachable", false).put("problem", e.getMessage()).put("newest", head(client.newestKnown()));
        }
        signingIn.problem().ifPresent(problem -> fields.put("sign_in_problem", problem));
        return fields.put("copies", copies()).put("refused", refused()).build();
    }

    private static Json head(TrustedHead head) {
        return HeadJson.fields(head.header(), head.certificate())
                .put("time", head.time().toString())
                .build();
    }

    private List<Json> copies() {
        return mirrors.standing().stream().map(StatusPage::copy).toList();
    }

    private static Json copy(Mirrors.Standing standing) {
        Json.Builder fields = Json.object();
        Answers.put(fields, "prefix", standing.prefix())
                .put("held", standing.copy().isPresent());
        standing.copy()
                .ifPresent(copy -> fields.put("keys", copy.value())
                        .put("revision", copy.revision())
                        .put("stale_ms_at_most", copy.age().toMillis()));
        return fields.build();
    }

    private List<Json> refused() {
        return refusals.last().stream()
                .<Json>map(each -> Json.object()
                        .put("replica", each.replica())
                        .put("why", each.sentence())
                        .put("at", each.at().toString())
                        .build())
                .toList();
    }
}

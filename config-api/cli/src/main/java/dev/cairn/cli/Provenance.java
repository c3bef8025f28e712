package dev.cairn.cli;

import dev.cairn.client.Attempt;
import dev.cairn.client.TrustedHead;
import dev.cairn.client.Verified;
import dev.cairn.genesis.json.Json;
import dev.cairn.protocol.model.QuorumCertificate;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** On what grounds an answer is believed, for people and for programs. */
final class Provenance {
    private Provenance() {}

    /** Says who was not believed, always, and why the answer is, if that is wanted. */
    static void tell(PrintWriter err, Verified<?> answer, boolean verbose) {
        tellRefused(err, answer.refused());
        if (verbose) {
            err.println(line(answer.head()) + ", from " + answer.replica());
        }
        err.flush();
    }

    static void tellRefused(PrintWriter err, List<Attempt> refused) {
        refused.forEach(attempt -> err.println("cairn: not believed: " + attempt));
    }

    static String line(TrustedHead head) {
        String certified = head.certificate()
                .map(certificate -> "certified by "
                        + signers(certificate).stream()
                                .map(index -> "r" + index)
                                .collect(Collectors.joining(" "))
                        + " in view " + certificate.view().number())
                .orElse("the genesis block");
        return "verified: block " + head.height().value() + " " + head.block() + ", " + certified + ", "
                + String.format(Locale.ROOT, "%.1f s old", age(head).toMillis() / 1000.0);
    }

    static Json json(TrustedHead head) {
        Json.Builder fields = Json.object()
                .put("height", head.height().value())
                .put("block", head.block().toHex())
                .put("state_root", head.header().roots().stateRoot().toHex())
                .put("revision", head.revision())
                .put("age_millis", age(head).toMillis());
        head.certificate()
                .ifPresent(certificate -> fields.put("view", certificate.view().number())
                        .put(
                                "signers",
                                signers(certificate).stream().map(Json::whole).toList()));
        return fields.build();
    }

    private static List<Integer> signers(QuorumCertificate certificate) {
        return certificate.votes().stream()
                .map(vote -> vote.voter().index())
                .sorted()
                .toList();
    }

    /** Since its primary proposed it; an idle cluster's newest block may be old. */
    private static Duration age(TrustedHead head) {
        return Duration.between(head.time(), Instant.now());
    }
}

package dev.cairn.cli;

import dev.cairn.client.Attempt;
import dev.cairn.client.HeadJson;
import dev.cairn.client.ProvenKeys;
import dev.cairn.client.Refusal;
import dev.cairn.client.TrustedHead;
import dev.cairn.client.Verified;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.proof.Question;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.QuorumCertificate;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** On what grounds an answer is believed, for people and for programs. */
public final class Provenance {
    private Provenance() {}

    /** Says who was not believed or did not answer, always, and why the answer is, if that is wanted. */
    static void tell(PrintWriter err, Verified<?> answer, boolean verbose) {
        tellRefused(err, answer.refused());
        if (verbose) {
            err.println(line(answer.head()) + ", from " + answer.replica());
        }
        err.flush();
    }

    public static void tellRefused(PrintWriter err, List<Attempt> refused) {
        refused.stream().map(Provenance::line).distinct().forEach(err::println);
    }

    private static String line(Attempt attempt) {
        boolean isSilent =
                attempt.refusal() instanceof Refusal.NoAnswer || attempt.refusal() instanceof Refusal.Declined;
        return Main.ERROR + (isSilent ? "passed over: " : "not believed: ") + attempt;
    }

    static String line(TrustedHead head) {
        return "verified: revision " + head.revision() + ", " + block(head.header(), head.certificate()) + ", "
                + String.format(Locale.ROOT, "%.1f s old", age(head).toMillis() / 1000.0);
    }

    /** What was asked and of when the answer is; it may be long ago. */
    static String line(ProvenKeys proven) {
        return what(proven) + " at revision " + proven.revision() + "; "
                + block(proven.header(), Optional.of(proven.certificate())) + ", of " + time(proven.header());
    }

    private static String what(ProvenKeys proven) {
        int count = proven.versions().size();
        return switch (proven.question()) {
            case Question.Get get -> (count == 0 ? "there was no key " : "key ") + quoted(get.key());
            case Question.Range range ->
                count + (proven.more() ? " keys of more" : " keys and no other") + " from "
                        + quoted(range.span().from())
                        + range.span()
                                .until()
                                .map(end -> " to before " + quoted(end))
                                .orElse(" on");
        };
    }

    /** Control characters are left out: whoever wrote a key may mean the terminal. */
    private static String quoted(Bytes key) {
        return "\"" + key.toUtf8().replaceAll("\\p{Cntrl}", "?") + "\"";
    }

    private static String block(Header header, Optional<QuorumCertificate> certificate) {
        String certified = certificate
                .map(by -> "certified by "
                        + HeadJson.signers(by).stream()
                                .map(index -> "r" + index)
                                .collect(Collectors.joining(" ")) + " in view "
                        + by.view().number())
                .orElse("the genesis block");
        return "block " + header.height().value() + " " + header.digest() + ", " + certified;
    }

    static Json json(TrustedHead head) {
        return HeadJson.fields(head.header(), head.certificate())
                .put("age_millis", age(head).toMillis())
                .build();
    }

    static Json json(ProvenKeys proven) {
        return HeadJson.fields(proven.header(), Optional.of(proven.certificate()))
                .put("time", time(proven.header()).toString())
                .build();
    }

    private static Instant time(Header header) {
        return Instant.ofEpochSecond(0, header.timeNanos());
    }

    /** Since its primary proposed it; an idle cluster's newest block may be old. */
    private static Duration age(TrustedHead head) {
        return Duration.between(head.time(), Instant.now());
    }
}

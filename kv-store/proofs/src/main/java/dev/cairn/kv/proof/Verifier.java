package dev.cairn.kv.proof;

import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Header;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Checks answers against one header. That the header is certified, and new enough, is the caller's matter; given that,
 * no server can make these methods return anything but the truth. docs/proofs.md has the format.
 *
 * <p>Any bytes may be given; bounding their number is the caller's matter too.
 */
public final class Verifier {
    private Verifier() {}

    public static Verification<Answer.Found> verify(Header header, Question.Get question, Bytes proof) {
        return attempt(() -> {
            Page page = page(header, Selection.of(question, header.roots()), 1, proof);
            return new Answer.Found(page.versions().stream().findFirst());
        });
    }

    public static Verification<Answer.Page> verify(Header header, Question.Range question, Bytes proof) {
        return attempt(() -> {
            long limit = question.limit() == 0 ? Long.MAX_VALUE : question.limit();
            Page page = page(header, Selection.of(question, header.roots()), limit, proof);
            boolean isCounted = question.revision() == 0;
            return new Answer.Page(
                    page.versions(), page.more(), isCounted ? OptionalLong.of(page.count()) : OptionalLong.empty());
        });
    }

    public static Verification<Answer.Count> verify(Header header, Question.Count question, Bytes proof) {
        return attempt(() ->
                new Answer.Count(leaves(header, Selection.of(question), proof).liveCount()));
    }

    public static Verification<Answer.Changes> verify(Header header, Question.Changes question, Bytes proof) {
        return attempt(() -> {
            Selection.Changed selection = Selection.of(question, header.roots());
            List<KeyEvent> events = new ArrayList<>();
            for (KeyPart part : leaves(header, selection, proof).needed()) {
                addEvents(Window.of(part, selection.after(), selection.through()), events);
            }
            events.sort(
                    Comparator.comparingLong((KeyEvent event) -> event.change().modRevision())
                            .thenComparingInt(event -> event.change().sub()));
            return new Answer.Changes(events, selection.through());
        });
    }

    public static Verification<Answer.Receipt> verify(Header header, Question.Receipt question, Bytes proof) {
        return attempt(() -> new Answer.Receipt(ReceiptProof.decode(proof).verify(header, question)));
    }

    /** As the method for the question's own kind. */
    public static Verification<? extends Answer> verifyAny(Header header, Question question, Bytes proof) {
        return switch (question) {
            case Question.Get get -> verify(header, get, proof);
            case Question.Range range -> verify(header, range, proof);
            case Question.Count count -> verify(header, count, proof);
            case Question.Changes changes -> verify(header, changes, proof);
            case Question.Receipt receipt -> verify(header, receipt, proof);
        };
    }

    private interface Check<A> {
        A run() throws InvalidProofException;
    }

    private static <A extends Answer> Verification<A> attempt(Check<A> check) {
        try {
            return new Verification.Proven<>(check.run());
        } catch (InvalidProofException e) {
            return new Verification.Refused<>(e.reason(), String.valueOf(e.getMessage()));
        }
    }

    private static SelectedLeaves leaves(Header header, Selection selection, Bytes proof) throws InvalidProofException {
        return SelectedLeaves.verify(
                TreeCodec.PROOF.decode(proof), header.roots().stateRoot(), selection);
    }

    private record Page(List<KeyVersion> versions, boolean more, long count) {}

    private static Page page(Header header, Selection selection, long limit, Bytes proof) throws InvalidProofException {
        SelectedLeaves leaves = leaves(header, selection, proof);
        List<KeyVersion> entries = leaves.needed().stream()
                .filter(selection::isEntry)
                .map(part -> part.versions().getFirst())
                .toList();
        boolean isCut = entries.size() > limit;
        boolean more = isCut || (selection instanceof Selection.Current && leaves.liveCount() > entries.size());
        return new Page(isCut ? entries.subList(0, (int) limit) : entries, more, leaves.liveCount());
    }

    private static void addEvents(Window window, List<KeyEvent> events) {
        Optional<KeyVersion> previous = window.before();
        for (KeyVersion change : window.within()) {
            events.add(new KeyEvent(change, previous.filter(KeyVersion::isLive)));
            previous = Optional.of(change);
        }
    }
}

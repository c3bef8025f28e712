package dev.cairn.kv.governed;

import dev.cairn.kv.KvState;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.ssh.SshPublicKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Two real stores and the model, through the same steps. After each block all three must agree: on outcomes, on what clients
 * see and on the ledger, and the stores on their roots. One of them is restarted or restored from the other on the way.
 */
final class LedgerRun implements AutoCloseable {
    enum Kind {
        SUBMIT,
        SUBMIT_ADMIN,
        APPROVE,
        WITHDRAW,
        RESUBMIT,
        STAGE,
        WRITE,
        SIGNED_WRITE,
        COMPACT,
        WAIT,
        END_OF_BLOCK,
        RESTART,
        RESTORE
    }

    /** What happens; its details come from the number. */
    record Step(Kind kind, long dice) {}

    private record Asked(Request request, String what, String expected) {}

    static final long START = 1_000_000;
    private static final int SESSION = 7;
    private static final int RECENT = 5;

    private final LedgerModel model;
    private final Store first;
    private final Store second;
    private final List<Drafts.Draft> drafts = new ArrayList<>();
    private final List<SignedWrites.Draft> signedWrites = new ArrayList<>();
    private final List<Asked> block = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private final Consumer<String> counter;
    private boolean isBlockBegun;
    private long now = START;
    private long sequence;

    /** @param counter is told what happens */
    LedgerRun(Rules founding, Consumer<String> counter) {
        this.model = new LedgerModel(founding.copy());
        this.first = new Store(founding.governance());
        this.second = new Store(founding.governance());
        this.counter = counter;
        story.add(founding.governance().text().toUtf8());
        Proposal opening = proposal(List.of(request(new Operation.OpenSession(0))));
        first.run(opening);
        second.run(opening);
    }

    /** One line each for what was asked and what the model expects. */
    String story() {
        return String.join("\n", story);
    }

    void perform(Step step) {
        Dice dice = new Dice(step.dice());
        switch (step.kind()) {
            case SUBMIT -> submit(new Drafts(model, dice, now).change("c" + drafts.size()), dice, true);
            case SUBMIT_ADMIN -> submit(new Drafts(model, dice, now).admin("c" + drafts.size()), dice, true);
            case RESUBMIT -> recent(dice).ifPresent(draft -> submit(draft, dice, false));
            case STAGE ->
                recent(dice).filter(draft -> !draft.values().isEmpty()).ifPresent(draft -> stage(draft, dice));
            case APPROVE -> recent(dice).ifPresent(draft -> endorse(Endorsement.Kind.APPROVAL, draft, dice));
            case WITHDRAW -> recent(dice).ifPresent(draft -> endorse(Endorsement.Kind.WITHDRAWAL, draft, dice));
            case WRITE -> write(dice);
            case SIGNED_WRITE -> signedWrite(dice);
            case COMPACT -> compact(Math.max(0, model.keys.revision - dice.below(12) + 2));
            case WAIT -> {
                endBlock();
                now += dice.oneOf(1, 5, 5, 20, 20, 60, 60, 120, 600);
            }
            case END_OF_BLOCK -> {
                endBlock();
                if (dice.inPercent(50)) {
                    first.persist();
                }
            }
            case RESTART -> {
                endBlock();
                second.restart();
                requireSame("after a restart");
            }
            case RESTORE -> {
                endBlock();
                second.restoreFrom(first);
                requireSame("after a transfer");
            }
        }
    }

    // Steps.

    /** Mostly one that waits, else one of the last. */
    private Optional<Drafts.Draft> recent(Dice dice) {
        List<Drafts.Draft> waiting = drafts.stream()
                .filter(draft -> model.isWaiting(draft.text().digest()))
                .toList();
        List<Drafts.Draft> last = drafts.subList(Math.max(0, drafts.size() - RECENT), drafts.size());
        List<Drafts.Draft> from = dice.inPercent(80) ? waiting : last;
        return from.isEmpty() ? Optional.empty() : Optional.of(dice.pick(from));
    }

    private void submit(Drafts.Draft draft, Dice dice, boolean isNew) {
        int count = draft.values().size();
        List<Bytes> values =
                new ArrayList<>(draft.values().subList(0, dice.inPercent(75) ? count : dice.below(count + 1)));
        List<Bytes> right = List.copyOf(values);
        boolean valuesAreRight = !dice.inPercent(5);
        if (!valuesAreRight) {
            falsify(values, count, dice);
        }
        boolean withdraws = dice.inPercent(isNew ? 3 : 25);
        Signed signature = withdraws ? withdrawal(draft, dice) : authors(draft, dice);
        ask(
                new Operation.SubmitChange(draft.text().text(), values, signature.armoured()),
                kind(draft),
                describe("submit", draft, signature)
                        + (isNew ? "\n" + draft.text().text().toUtf8() : ""),
                () -> model.submit(draft.text(), right, valuesAreRight, signature));
        if (isNew) {
            drafts.add(draft);
        }
    }

    /** One of them is another, or there is one more than there are puts. */
    private static void falsify(List<Bytes> values, int puts, Dice dice) {
        if (values.isEmpty()) {
            values.addAll(Collections.nCopies(puts + 1, Bytes.utf8("another")));
        } else {
            values.set(0, another(values.getFirst(), dice));
        }
    }

    /** Of the same length, or not. */
    private static Bytes another(Bytes value, Dice dice) {
        return dice.inPercent(50) ? Bytes.utf8("x".repeat(value.size())) : Bytes.utf8("another");
    }

    private void stage(Drafts.Draft draft, Dice dice) {
        int puts = draft.values().size();
        int first = model.missingValue(draft.text().digest())
                .filter(_ -> dice.inPercent(60))
                .orElseGet(() -> dice.below(puts));
        int count = 1 + dice.below(puts - first);
        List<Bytes> values = new ArrayList<>(draft.values().subList(first, first + count));
        boolean areRight = !dice.inPercent(10);
        if (!areRight) {
            spoil(values, puts - first, dice);
        }
        ask(
                new Operation.StageValues(draft.text().digest(), first, values),
                kind(draft),
                "stage " + values.size() + " from " + first + " on of "
                        + draft.text().reason() + (areRight ? "" : ", wrongly"),
                () -> model.stage(draft.text().digest(), first, values, areRight));
    }

    /** One of them is another, or they go on behind the last put. */
    private static void spoil(List<Bytes> values, int most, Dice dice) {
        if (dice.inPercent(70)) {
            int which = dice.below(values.size());
            values.set(which, another(values.get(which), dice));
        } else {
            values.addAll(Collections.nCopies(most + 1 - values.size(), Bytes.utf8("another")));
        }
    }

    /** Handed in with the text itself, for a gateway may have held that back. */
    private Signed withdrawal(Drafts.Draft draft, Dice dice) {
        Bytes text = new Endorsement(
                        Endorsement.Kind.WITHDRAWAL,
                        model.rules.chain(),
                        draft.text().digest())
                .text();
        int key = dice.inPercent(75) ? authorsKey(draft, dice) : dice.below(KeyRing.SIZE - 3);
        Purpose purpose = Purpose.WITHDRAW;
        return new Signed(
                Optional.of(KeyRing.publicKey(key)), purpose, true, armoured(key, purpose.namespace(), text), now);
    }

    private Signed authors(Drafts.Draft draft, Dice dice) {
        return sign(Rules.authorsPurpose(draft.text()), draft.text().text(), authorsKey(draft, dice), dice);
    }

    /** Mostly one of the author's. */
    private int authorsKey(Drafts.Draft draft, Dice dice) {
        List<SshPublicKey> own = model.rules.keysOf(draft.text().author().text());
        return own.isEmpty() || dice.inPercent(5) ? dice.below(KeyRing.SIZE) : KeyRing.number(dice.pick(own));
    }

    private void endorse(Endorsement.Kind kind, Drafts.Draft draft, Dice dice) {
        Digest chain = new Drafts(model, dice, now).chain();
        Bytes text = new Endorsement(kind, chain, draft.text().digest()).text();
        boolean asAuthor = kind == Endorsement.Kind.WITHDRAWAL && dice.inPercent(50);
        int key = asAuthor ? authorsKey(draft, dice) : dice.below(KeyRing.SIZE - 3);
        Signed signature = sign(kind.purpose(), text, key, dice);
        ask(
                new Operation.EndorseChange(text, signature.armoured()),
                kind(draft),
                describe(kind.name(), draft, signature),
                () -> switch (kind) {
                    case APPROVAL -> model.approve(draft.text().digest(), chain, signature);
                    case WITHDRAWAL -> model.withdraw(draft.text().digest(), chain, signature);
                });
    }

    /** A few are no signatures at all, or on another text, or for another purpose. */
    private Signed sign(Purpose purpose, Bytes text, int key, Dice dice) {
        Optional<SshPublicKey> signer = Optional.of(KeyRing.publicKey(key));
        return switch (dice.below(40)) {
            case 0 -> new Signed(Optional.empty(), purpose, false, Bytes.utf8("no signature"), now);
            case 1 -> new Signed(signer, purpose, false, armoured(key, "git", text), now);
            case 2 -> new Signed(signer, purpose, false, armoured(key, purpose.namespace(), Bytes.utf8("x")), now);
            default -> new Signed(signer, purpose, true, armoured(key, purpose.namespace(), text), now);
        };
    }

    private static Bytes armoured(int key, String namespace, Bytes text) {
        return KeyRing.key(key).sign(namespace, text);
    }

    private static String kind(Drafts.Draft draft) {
        return draft.text() instanceof AdminChange ? "governance " : "";
    }

    private String describe(String what, Drafts.Draft draft, Signed signature) {
        String signer = signature
                .key()
                .map(key -> model.rules.holder(key).map(Member::name).orElse("somebody") + "'s key "
                        + KeyRing.number(key) + " " + key.fingerprint())
                .orElse("nothing");
        return what + " " + draft.text().reason() + " with " + signer + (signature.isRight() ? "" : ", wrongly");
    }

    private void write(Dice dice) {
        Operation operation = EtcdWrites.draw(dice, "w" + sequence);
        ask(operation, "", operation.toString(), () -> new EtcdModel(model).perform(operation));
    }

    private void signedWrite(Dice dice) {
        boolean isAgain = !signedWrites.isEmpty() && dice.inPercent(25);
        SignedWrites.Draft draft = isAgain
                ? dice.pick(signedWrites.subList(Math.max(0, signedWrites.size() - RECENT), signedWrites.size()))
                : SignedWrites.draw(dice, model.rules, now, "s" + sequence);
        Operation write = dice.inPercent(30)
                ? new Operation.Unique(new Digest(1, 2, 3, dice.next()), draft.write())
                : draft.write();
        boolean isGuarded =
                !EtcdModel.mayWrite(draft.write().operation()).stream().allMatch(model.rules::isOpen);
        ask(write, "signed ", draft + (isAgain ? ", again" : ""), () -> {
            String answer = model.write(draft.write(), draft.signer(), draft.isRight());
            counter.accept((isAgain ? "again " : isGuarded ? "guarded " : "open ") + answer.split(" ", 2)[0]);
            return answer;
        });
        signedWrites.add(draft);
    }

    private void compact(long revision) {
        ask(new Operation.Compact(revision, false), "", "compact " + revision, () -> model.compact(revision));
    }

    // Blocks.

    private interface Expectation {
        String of();
    }

    private void ask(Operation operation, String kind, String what, Expectation expectation) {
        beginBlock();
        String expected = expectation.of();
        counter.accept(kind + expected.split(" r\\d", 2)[0]);
        Shown.reasons(expected).forEach(counter);
        story.add("at " + now + ": " + what + " -> " + expected);
        block.add(new Asked(request(operation), what, expected));
    }

    private void beginBlock() {
        if (!isBlockBegun) {
            isBlockBegun = true;
            model.beginBlock(now);
        }
    }

    private Request request(Operation operation) {
        return new Request(
                new RequestId(new ClientId(0), SESSION, sequence++),
                OperationCodec.encode(List.of(operation)),
                new Signature(Bytes.EMPTY));
    }

    private Proposal proposal(List<Request> requests) {
        return new Proposal(first.state().height().next(), now * 1_000_000_000L, requests);
    }

    void endBlock() {
        beginBlock();
        isBlockBegun = false;
        Proposal proposal = proposal(block.stream().map(Asked::request).toList());
        KvState state = first.run(proposal);
        second.run(proposal);
        for (int i = 0; i < block.size(); i++) {
            RequestOutcome outcome = state.results().get(i);
            String found = outcome instanceof RequestOutcome.Executed executed
                    ? Shown.outcome(executed.outcomes().getFirst())
                    : outcome.toString();
            requireEqual(block.get(i).what(), block.get(i).expected(), found);
        }
        block.clear();
        requireEqual("the revision", model.keys.revision, state.revision());
        requireEqual("the compact revision", model.keys.compacted, state.compactRevision());
        requireEqual("clients' keys", model.keys.shown(), first.clients());
        requireEqual("the ledger", model.ledger(), first.ledger());
        requireEqual(
                "the governance",
                model.rules.governance().text().toUtf8(),
                state.governance().text().toUtf8());
        requireSame("after a block");
    }

    private void requireSame(String when) {
        requireEqual("the roots " + when, first.state().roots(), second.state().roots());
        requireEqual(
                "the governance " + when,
                first.state().governance(),
                second.state().governance());
    }

    private static void requireEqual(String what, Object expected, Object found) {
        if (!Objects.equals(expected, found)) {
            throw new AssertionError(what + "\n  expected " + expected + "\n  found    " + found);
        }
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}

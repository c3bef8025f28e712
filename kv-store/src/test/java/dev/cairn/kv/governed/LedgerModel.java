package dev.cairn.kv.governed;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.ssh.SshPublicKey;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The store with its ledger as plainly as it can be written. Every answer is a {@link Shown}. */
final class LedgerModel implements Seen {
    private record Settled(
            SignedText text,
            ChangeStanding standing,
            List<Signed> signatures,
            long seconds,
            long revision,
            Set<Objection> why) {}

    Rules rules;
    final Keys keys = new Keys();
    private long now;
    private long governanceRevision;
    private boolean governanceChanged;
    private long forgetsBelow;
    private final Map<Digest, Waiting> waiting = new LinkedHashMap<>();
    private final Map<Digest, Settled> settled = new LinkedHashMap<>();
    private final Map<Long, Digest> log = new TreeMap<>();
    private final Map<String, LastWrite> lastWrites = new TreeMap<>();

    LedgerModel(Rules founding) {
        this.rules = founding;
    }

    /** What has expired is forgotten, in a revision of its own. */
    void beginBlock(long seconds) {
        now = seconds;
        boolean forgets = waiting.values().removeIf(each -> each.text().expiresSeconds() <= now);
        forgets |= settled.values()
                .removeIf(each -> each.standing() != ChangeStanding.EXECUTED
                        && each.text().expiresSeconds() <= now);
        keys.revision += forgets ? 1 : 0;
        forgetExecuted();
    }

    /** Those that a signed compaction in an earlier block has passed, and of which nothing is left. */
    private void forgetExecuted() {
        Set<Digest> forgotten = new HashSet<>();
        settled.forEach((digest, each) -> {
            boolean isPassed = each.standing() == ChangeStanding.EXECUTED && each.revision() < forgetsBelow;
            boolean isLeft = each.text() instanceof AdminChange
                    || each.text().expiresSeconds() > now
                    || keys.all().stream()
                            .anyMatch(key -> keys.get(key).orElseThrow().modified() == each.revision());
            if (isPassed && !isLeft) {
                forgotten.add(digest);
            }
        });
        settled.keySet().removeAll(forgotten);
        log.values().removeAll(forgotten);
        keys.revision += forgotten.isEmpty() ? 0 : 1;
        forgetsBelow = 0;
    }

    @Override
    public long revision() {
        return keys.revision;
    }

    @Override
    public Optional<Entry> entry(Bytes key) {
        return keys.get(key);
    }

    @Override
    public Rules rules() {
        return rules;
    }

    boolean isWaiting(Digest change) {
        return waiting.containsKey(change);
    }

    // Submission, approval, withdrawal.

    String submit(SignedText text, List<Bytes> values, boolean valuesAreRight, Signed signature) {
        Digest digest = text.digest();
        if (settled.containsKey(digest)) {
            return standing(digest);
        }
        boolean withdraws = signature.purpose() == Purpose.WITHDRAW;
        Waiting before = waiting.get(digest);
        if (before != null && withdraws) {
            return bad(signature).orElseGet(() -> withdraw(before, signature));
        }
        Optional<String> bad = before == null ? bad(signature) : Optional.empty();
        if (bad.isPresent()) {
            return bad.get();
        }
        if (!valuesAreRight) {
            return failed(KvError.INVALID_CHANGE);
        }
        if (before != null) {
            return consider(before, false, false);
        }
        if (text.baseRevision() > keys.revision) {
            return refused(Set.of(new Objection.BaseAhead(text.baseRevision(), keys.revision)));
        }
        if (text instanceof Change && text.baseRevision() < keys.compacted) {
            return refused(Set.of(new Objection.BaseCompacted(text.baseRevision(), keys.compacted)));
        }
        SortedMap<Integer, Bytes> come = new TreeMap<>();
        values.forEach(value -> come.put(come.size(), value));
        Waiting each = new Waiting(text, come, List.of(signature));
        return withdraws ? withdrawUnseen(each, signature) : consider(each, true, true);
    }

    private String withdrawUnseen(Waiting each, Signed signature) {
        PrincipalName signer = new PrincipalName(signer(signature));
        if (!signer.equals(each.text().author())) {
            return Shown.change(
                    ChangeStanding.REFUSED,
                    keys.revision,
                    Set.of(),
                    List.of(new SignerRefusal.NotTheAuthor(signer, each.text().author())));
        }
        Set<Objection> over = new HashSet<>(signers(each).objections());
        over.removeIf(
                objection -> !(objection instanceof Objection.WrongChain) && !(objection instanceof Objection.Expired));
        return over.isEmpty() ? endByAuthor(each) : refused(over);
    }

    /** Values that come later. */
    String stage(Digest digest, int first, List<Bytes> values, boolean areRight) {
        if (settled.containsKey(digest)) {
            return standing(digest);
        }
        Waiting each = waiting.get(digest);
        if (each == null) {
            return failed(KvError.UNKNOWN_CHANGE);
        }
        if (!areRight) {
            return failed(KvError.INVALID_CHANGE);
        }
        Waiting after = each.with(first, values);
        if (after.equals(each) || !verdict(each).mayWait()) {
            return consider(each, false, false);
        }
        keys.revision++;
        waiting.put(digest, after);
        return consider(after, false, false);
    }

    /** Of a change that waits, the first put whose value has not come. */
    Optional<Integer> missingValue(Digest change) {
        return Optional.ofNullable(waiting.get(change)).flatMap(Waiting::firstMissing);
    }

    String approve(Digest digest, Digest chain, Signed signature) {
        return endorse(digest, chain, signature, each -> approve(each, signature));
    }

    private String approve(Waiting each, Signed signature) {
        String signer = signer(signature);
        if (withdrawn(each).contains(signer)) {
            return refused(Set.of(new Objection.WithdrawnBefore(new PrincipalName(signer))));
        }
        Rules.Verdict verdict = signers(each.with(signature));
        boolean addsNothing = !verdict.isAdmitted()
                && verdict.uncounted().contains(new SignerRefusal.SamePersonTwice(new PrincipalName(signer)));
        return addsNothing ? consider(each, false, false) : consider(each.with(signature), true, false);
    }

    String withdraw(Digest digest, Digest chain, Signed signature) {
        return endorse(digest, chain, signature, each -> withdraw(each, signature));
    }

    private String withdraw(Waiting each, Signed signature) {
        if (signer(signature).equals(each.text().author().text())) {
            return endByAuthor(each.with(signature));
        }
        if (withdrawn(each).contains(signer(signature))) {
            return consider(each, false, false);
        }
        Waiting without = each.with(signature);
        Rules.Verdict verdict = verdict(without);
        return verdict.isAdmitted() ? end(without, true, false) : keepWaiting(without, verdict);
    }

    private String endByAuthor(Waiting each) {
        keys.revision++;
        settle(each, ChangeStanding.WITHDRAWN, 0, Set.of());
        return Shown.change(ChangeStanding.WITHDRAWN, keys.revision, Set.of(), List.of());
    }

    /** @param then if it is about a change that waits, and of somebody whose word counts */
    private String endorse(Digest digest, Digest chain, Signed signature, Function<Waiting, String> then) {
        if (!chain.equals(rules.chain())) {
            return refused(Set.of(new Objection.WrongChain(rules.chain(), chain)));
        }
        if (settled.containsKey(digest)) {
            return standing(digest);
        }
        return Optional.ofNullable(waiting.get(digest))
                .map(each -> bad(signature).orElseGet(() -> then.apply(each)))
                .orElseGet(() -> failed(KvError.UNKNOWN_CHANGE));
    }

    private Optional<String> bad(Signed signature) {
        if (signature.key().isEmpty()) {
            return Optional.of(failed(KvError.BAD_SIGNATURE));
        }
        boolean isStranger = rules.holder(signature.key().get()).isEmpty();
        if (!isStranger && !signature.isRight()) {
            return Optional.of(failed(KvError.BAD_SIGNATURE));
        }
        return rules.refusal(signature.key().get(), now)
                .map(why -> Shown.change(ChangeStanding.REFUSED, keys.revision, Set.of(), List.of(why)));
    }

    private String signer(Signed signature) {
        return rules.holder(signature.key().orElseThrow()).orElseThrow().name();
    }

    private Set<String> withdrawn(Waiting each) {
        Set<String> people = new HashSet<>();
        each.signatures().stream()
                .filter(signature -> signature.purpose() == Purpose.WITHDRAW)
                .forEach(signature -> people.add(signer(signature)));
        return people;
    }

    private Rules.Verdict signers(Waiting each) {
        Set<String> withdrawn = withdrawn(each);
        List<Signed> counting = each.signatures().stream()
                .filter(signature -> !withdrawn.contains(signer(signature)))
                .toList();
        return rules.judge(each.text(), counting, now);
    }

    /** Of signers and of values. */
    private Rules.Verdict verdict(Waiting each) {
        Rules.Verdict signers = signers(each);
        if (each.firstMissing().isEmpty()) {
            return signers;
        }
        Set<Objection> all = new HashSet<>(signers.objections());
        Bytes first = each.puts().get(each.firstMissing().get());
        all.add(new Objection.ValuesMissing(each.puts().size() - each.values().size(), first));
        return new Rules.Verdict(all, signers.isAdmitted() ? List.of() : signers.uncounted());
    }

    // Decision.

    private String consider(Waiting each, boolean isNew, boolean isFresh) {
        Rules.Verdict verdict = verdict(each);
        if (verdict.isAdmitted()) {
            return end(each, isNew, isFresh);
        }
        if (!verdict.mayWait()) {
            return refused(verdict);
        }
        if (isFresh && !conflicts(each.text()).isEmpty()) {
            return refused(conflicts(each.text()));
        }
        return isNew ? keepWaiting(each, verdict) : pending(verdict);
    }

    private String keepWaiting(Waiting each, Rules.Verdict verdict) {
        keys.revision++;
        waiting.put(each.text().digest(), each);
        return pending(verdict);
    }

    private String pending(Rules.Verdict verdict) {
        return Shown.change(ChangeStanding.PENDING, keys.revision, verdict.objections(), verdict.uncounted());
    }

    /** It goes on waiting, or is not taken in, if all that is wrong may be right another time. */
    private String end(Waiting each, boolean isNew, boolean isFresh) {
        Set<Objection> conflicts = conflicts(each.text());
        if (!conflicts.isEmpty() && conflicts.stream().allMatch(Objection.DeadEnd.class::isInstance)) {
            Rules.Verdict notNow = new Rules.Verdict(conflicts, List.of());
            if (isFresh) {
                return refused(notNow);
            }
            return isNew ? keepWaiting(each, notNow) : pending(notNow);
        }
        keys.revision++;
        if (!conflicts.isEmpty()) {
            settle(each, ChangeStanding.CONFLICTED, 0, conflicts);
            return Shown.change(ChangeStanding.CONFLICTED, keys.revision, conflicts, List.of());
        }
        execute(each);
        settle(each, ChangeStanding.EXECUTED, keys.revision, Set.of());
        log.put(keys.revision, each.text().digest());
        return Shown.change(ChangeStanding.EXECUTED, keys.revision, Set.of(), List.of());
    }

    private void settle(Waiting each, ChangeStanding standing, long revision, Set<Objection> why) {
        waiting.remove(each.text().digest());
        settled.put(each.text().digest(), new Settled(each.text(), standing, each.signatures(), now, revision, why));
    }

    private Set<Objection> conflicts(SignedText text) {
        return switch (text) {
            case Change change -> conflicts(change);
            case AdminChange change -> conflicts(change);
        };
    }

    private Set<Objection> conflicts(Change change) {
        Set<Objection> conflicts = new HashSet<>();
        for (Precondition expected : change.preconditions()) {
            Optional<Entry> found = keys.get(expected.key());
            boolean holds = switch (expected) {
                case Precondition.Absent _ -> found.isEmpty();
                case Precondition.LastWrittenAt at ->
                    found.filter(entry -> entry.modified() == at.revision()).isPresent();
                case Precondition.HasValue has ->
                    found.filter(entry -> Hashing.sha256(entry.value().shared()).equals(has.valueDigest()))
                            .isPresent();
            };
            if (!holds) {
                conflicts.add(new Objection.Conflict(
                        expected, found.map(Entry::modified).orElse(0L)));
            }
        }
        return conflicts;
    }

    private Set<Objection> conflicts(AdminChange change) {
        boolean adds = change.operations().stream()
                .anyMatch(operation -> !(operation instanceof AdminOperation.RevokeKey
                        || operation instanceof AdminOperation.RevokePrincipal));
        if (adds && governanceRevision > change.baseRevision()) {
            return Set.of(new Objection.GovernanceChanged(change.baseRevision(), governanceRevision));
        }
        Amending amending = Amending.of(rules, change.operations(), now);
        if (!amending.objections().isEmpty()) {
            return amending.objections();
        }
        Set<Objection> conflicts = new HashSet<>();
        long most = keys.revision - amending.after.keepRevisions;
        for (AdminOperation operation : change.operations()) {
            if (operation instanceof AdminOperation.Compact(long revision) && revision > most) {
                conflicts.add(new Objection.KeepsRevisions(revision, Math.max(0, most)));
            }
        }
        return conflicts;
    }

    /** In the revision that has begun. */
    private void execute(Waiting each) {
        switch (each.text()) {
            case Change change -> {
                int next = 0;
                for (ChangeOperation operation : change.operations()) {
                    if (operation instanceof ChangeOperation.Put put) {
                        keys.put(put.key(), Objects.requireNonNull(each.values().get(next++)));
                    } else {
                        keys.delete(operation.span());
                    }
                }
            }
            case AdminChange change -> {
                Rules after = Amending.of(rules, change.operations(), now).after;
                if (!after.governance().text().equals(rules.governance().text())) {
                    governanceRevision = keys.revision;
                    governanceChanged = true;
                }
                rules = after;
                for (AdminOperation operation : change.operations()) {
                    if (operation instanceof AdminOperation.Compact(long revision)) {
                        keys.compacted = Math.max(keys.compacted, revision);
                        forgetsBelow = Math.max(forgetsBelow, revision);
                    }
                }
            }
        }
    }

    // Writes that one key answers for.

    private record LastWrite(long timeMicros, Operation operation, String answer) {}

    /**
     * A signed write.
     *
     * @param signer nothing if the signature is none at all
     * @param isRight whether it is one on this write
     */
    String write(Operation.SignedWrite write, Optional<SshPublicKey> signer, boolean isRight) {
        boolean isStrangers = signer.isPresent() && rules.holder(signer.get()).isEmpty();
        if (!isRight || isStrangers) {
            return failed(isStrangers ? KvError.SIGNER_REFUSED : KvError.BAD_SIGNATURE);
        }
        SshPublicKey key = signer.orElseThrow();
        LastWrite last = lastWrites.get(key.fingerprint().toString());
        if (last != null && last.timeMicros() >= write.timeMicros()) {
            boolean isThat =
                    last.timeMicros() == write.timeMicros() && last.operation().equals(write.operation());
            return isThat ? last.answer() : failed(KvError.WRITE_SUPERSEDED);
        }
        if (rules.refusal(key, now).isPresent()) {
            return failed(KvError.SIGNER_REFUSED);
        }
        if (Math.abs(write.timeMicros() - now * 1_000_000) > 300_000_000) {
            return failed(KvError.WRITE_OUT_OF_TIME);
        }
        boolean mayWrite =
                EtcdModel.mayWrite(write.operation()).stream().allMatch(span -> rules.mayWriteAlone(key, span));
        boolean mayLease = EtcdModel.leased(write.operation()).stream().allMatch(rules::isOpen);
        String answer = mayWrite && mayLease
                ? new EtcdModel(this).admitted(write.operation())
                : failed(mayWrite ? KvError.LEASE_ON_GUARDED : KvError.GUARDED);
        lastWrites.put(key.fingerprint().toString(), new LastWrite(write.timeMicros(), write.operation(), answer));
        return answer;
    }

    // Writes that nobody signed.

    /** An error, if any key that it may write is not open. */
    Optional<String> refusal(List<KeySpan> mayWrite) {
        return mayWrite.stream().allMatch(rules::isOpen) ? Optional.empty() : Optional.of(failed(KvError.GUARDED));
    }

    String compact(long revision) {
        if (!rules.gatewaysMayCompact) {
            return failed(KvError.GUARDED);
        }
        if (revision <= keys.compacted) {
            return failed(KvError.COMPACTED);
        }
        if (revision > keys.revision) {
            return failed(KvError.FUTURE_REVISION);
        }
        if (revision > keys.revision - rules.keepRevisions) {
            return failed(KvError.KEPT_REVISION);
        }
        keys.compacted = revision;
        return Shown.done("Compacted", keys.revision);
    }

    // Answers.

    String failed(KvError error) {
        return Shown.failed(error, keys.revision);
    }

    private String refused(Set<Objection> objections) {
        return refused(new Rules.Verdict(objections, List.of()));
    }

    private String refused(Rules.Verdict verdict) {
        return Shown.change(ChangeStanding.REFUSED, keys.revision, verdict.objections(), verdict.uncounted());
    }

    private String standing(Digest digest) {
        Settled each = Objects.requireNonNull(settled.get(digest));
        long revision = each.revision() == 0 ? keys.revision : each.revision();
        return Shown.change(each.standing(), revision, each.why(), List.of());
    }

    /** Everything that the ledger holds, by its key. */
    SortedMap<Bytes, String> ledger() {
        SortedMap<Bytes, String> all = new TreeMap<>();
        if (governanceChanged) {
            all.put(LedgerKeys.GOVERNANCE, Shown.value(rules.governance().text()));
        }
        waiting.forEach((digest, each) -> {
            all.put(LedgerKeys.pending(digest), Shown.signatures(taken(each.signatures())));
            all.put(LedgerKeys.text(digest), Shown.value(each.text().text()));
            each.values().forEach((index, value) -> all.put(LedgerKeys.value(digest, index), Shown.value(value)));
        });
        settled.forEach((digest, each) -> all.put(
                LedgerKeys.settled(digest),
                Shown.record(
                        each.standing(),
                        each.text().text(),
                        taken(each.signatures()),
                        each.seconds(),
                        each.revision(),
                        each.why())));
        log.forEach(
                (revision, digest) -> all.put(LedgerKeys.logged(revision), Shown.value(Bytes.wrap(digest.toArray()))));
        return all;
    }

    private static List<ChangeRecord.Taken> taken(List<Signed> signatures) {
        return signatures.stream()
                .map(each -> new ChangeRecord.Taken(each.purpose(), each.armoured(), each.seconds()))
                .toList();
    }
}

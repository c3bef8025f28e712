package dev.cairn.chaos.mutants;

import static dev.cairn.chaos.mutants.Mutant.edit;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks of guards, approvals and the ledger, left out one at a time. */
final class LedgerMutants {
    /**
     * A mutant, and the test that finds it.
     *
     * @param sentence {@code Class#method}; nothing if the model finds it
     */
    record Planted(Mutant mutant, Optional<String> sentence) {
        @Override
        public String toString() {
            return mutant.name();
        }
    }

    private static Planted left(String name, Mutant.Edit... edits) {
        return new Planted(Mutant.of(name, edits), Optional.empty());
    }

    private static Planted left(String name, String sentence, Mutant.Edit... edits) {
        return new Planted(Mutant.of(name, edits), Optional.of("dev.cairn.kv." + sentence));
    }

    /** Of a change that has all signatures and one that has none. */
    static final Planted THRESHOLD = left(
            "one signature is enough",
            edit("Decider", "if (counted.size() >= guard.threshold()) {", "if (!counted.isEmpty()) {"));

    static final Planted EXECUTED_ONCE = left("what was executed is forgotten", forgetting("EXECUTED"));

    static final Planted WITHDRAWN = left("what was withdrawn is forgotten", forgetting("WITHDRAWN"));

    static final Planted REVOKED = left(
            "an approval by a key that was revoked since counts",
            edit("Decider", ".outOfTime(nowSeconds)", ".outOfTime(nowSeconds).filter(_ -> false)"));

    static final Planted BRANCHES = left(
            "only the first branch of a transaction is held against the guards",
            edit("Unsigned", "allowsAll(txn.success()) && allowsAll(txn.failure())", "allowsAll(txn.success())"));

    static final Planted SIGNED_TWICE = left(
            "a signed write is done once more",
            edit("SignedWrites", "if (last.isPresent() && last.get().text().equals(text)) {", "if (false) {"),
            edit("SignedWrites", "write.timeMicros() <= last.get().timeMicros()", "write.timeMicros() < 0"));

    private static Mutant.Edit forgetting(String standing) {
        return edit(
                "PendingChanges",
                "return read(LedgerKeys.settled(change)).map(ChangeRecord::decode);",
                "return read(LedgerKeys.settled(change)).map(ChangeRecord::decode).filter(record -> record.standing() !="
                        + " dev.cairn.kv.model.ChangeStanding." + standing + ");");
    }

    private static final List<Planted> GUARDS = List.of(
            THRESHOLD,
            left(
                    "keys are counted, and not people",
                    edit(
                            "Decider",
                            "people.add(vote.signer().name());",
                            "people.add(new PrincipalName(vote.signer().name() + \"-\" + vote.keyKind().ordinal()));")),
            left(
                    "whoever is no person counts",
                    edit("Guard", "return person.isPerson() && lists(person);", "return lists(person);")),
            left(
                    "the author counts where the guard says otherwise",
                    edit("Guard", " && !(excludeAuthor && person.name().equals(author));", ";")),
            left(
                    "keys of every kind count",
                    edit("Decider", "guard.keyKinds().contains(vote.keyKind()) && guard.counts(", "guard.counts(")),
            left(
                    "a change may be valid for as long as it says",
                    edit("Decider", "if (validitySeconds > guard.maxValiditySeconds()) {", "if (false) {")),
            left(
                    "the shortest prefix decides",
                    edit(
                            "GuardTable",
                            "segments.put(prefix, ruling);",
                            "segments.put(prefix, byPrefix.get(around.getLast()));")),
            left(
                    "behind a prefix that lies in another nothing decides any more",
                    edit(
                            "GuardTable",
                            "around.isEmpty() ? lastResort : byPrefix.get(around.element());",
                            "lastResort;")),
            left(
                    "a guard decides on the beginning of a range alone",
                    edit("GuardTable", "rulings.addAll(behindTheFirst(span).values());", "")),
            left(
                    "the registry's guard decides on every guard",
                    edit("Authority", "Ruling now = guards.ruling(prefix);", "Ruling now = guards.lastResort();")),
            left(
                    "a guard that nobody can meet decides on what replaces it",
                    edit("Authority", " && electors.deadEnd(guard).isEmpty()", "")),
            left(
                    "anybody may call upon the recovery guard",
                    edit("Decider", " && recovery.get().names(author.get());", ";")),
            left(
                    "a threshold that nobody can meet is taken",
                    edit("Amender", "guard -> set.contains(guard.scope()));", "_ -> false);")),
            left(
                    "nobody is revoked whom a guard cannot do without",
                    edit("Amender", "guard -> set.contains(guard.scope()));", "_ -> true);")),
            left(
                    "so many are revoked that nobody governs any more",
                    edit("Amender", "return canChange ? List.of() : ofAdmitting;", "return List.of();")),
            left(
                    "the registry's guard is not revoked into a dead end, though recovery could mend it",
                    edit("Amender", "return canChange ? List.of() : ofAdmitting;", "return ofAdmitting;")),
            left(
                    "who owns a prefix fills the governance",
                    "LedgerOwnersTest#whoeverOwnsAPrefixLeavesRoomToRevoke",
                    edit("Amender", "operations.stream().anyMatch(authority::isRegistrys)", "true")),
            left(
                    "nothing is taken away from a governance that is too large",
                    "LedgerOwnersTest#whoFilledTheirShareCanTakeAwayAgain",
                    edit("Amender", "before.text().size());", "0);")),
            left(
                    "what was revoked comes back",
                    edit(
                            "Amender",
                            "if (isRevoked || !keepsPast || from >= until) {",
                            "if (!keepsPast || from >= until) {")));

    private static final List<Planted> PATHS = List.of(
            BRANCHES,
            left(
                    "nested transactions are not held against the guards",
                    edit(
                            "Unsigned",
                            "return operations.stream().allMatch(this::allows);",
                            "return operations.stream().allMatch(each -> each instanceof Operation.Txn || allows(each));")),
            left(
                    "only the first key of a deletion is held against the guards",
                    edit(
                            "Unsigned",
                            "allows(KeySpan.of(delete.key(), delete.rangeEnd()));",
                            "allows(KeySpan.single(delete.key()));")),
            left(
                    "a range is open if its first key is",
                    edit("GuardTable", ".filter(ruling -> !(ruling instanceof Ruling.Open))", ".filter(_ -> false)")),
            left(
                    "every gateway may compact",
                    edit("Unsigned", "governance.gatewayRights().contains(Right.COMPACT);", "true;")),
            left(
                    "revisions that are kept are compacted away",
                    edit(
                            "Compaction",
                            "if (revision > draft.revision - draft.governance.keepRevisions()) {",
                            "if (false) {")));

    private static final List<Planted> APPROVALS = List.of(
            REVOKED,
            WITHDRAWN,
            EXECUTED_ONCE,
            left(
                    "an executed change is forgotten before it has expired",
                    edit(
                            "ChangeSweep",
                            "change.expiresSeconds() <= draft.nowSeconds()\n                        && ",
                            "")),
            left(
                    "it is forgotten who put what is there",
                    edit("ChangeSweep", "head.isLive() && head.modRevision() == revision", "false")),
            left("what conflicted is forgotten", forgetting("CONFLICTED")),
            left(
                    "an approval that was taken back counts",
                    edit("Signing", "\n                    && !withdrawn.contains(good.signer())) {", ") {")),
            left(
                    "anybody's withdrawal ends a change",
                    edit("Ledger", "if (good.signer().equals(change.content().author())) {", "if (true) {")),
            left(
                    "a withdrawal is lost while something else stands against the change",
                    "LedgerTest#whoWithdrewWhileTheGuardWasOutOfReachHasWithdrawn",
                    edit(
                            "Consideration",
                            "case Decision.Refused refused -> keep(each, refused);",
                            "case Decision.Refused _ -> of(each);")),
            left(
                    "preconditions are looked at once",
                    edit(
                            "Consideration",
                            "        List<Objection> conflicts = execution.conflicts();\n        if (!conflicts",
                            "List<Objection> conflicts = each.fresh().isPresent() ? execution.conflicts() :"
                                    + " List.of();\n        if (!conflicts")),
            left(
                    "a gateway that compacts forbids to revoke",
                    "LedgerOwnersTest#aGatewayThatCompactsCannotForbidRevocations",
                    edit("Ledger", " && change.content() instanceof Change", "")),
            left(
                    "a block works out any number of changes of the governance",
                    "LedgerOwnersTest#aBlockWorksOutSoManyChangesOfTheGovernance",
                    edit("Amendments", "made < MAX_PER_BLOCK", "true")),
            left(
                    "a change of open keys is remembered for as long as its author likes",
                    "ChangeSweepTest#aChangeOfOpenKeysIsNotValidForLong",
                    edit("Decider", "return seconds > most ?", "return false ?")),
            left(
                    "a governance that nobody has seen is changed",
                    edit("AdminExecution", "if (changedAt > change.baseRevision() && ", "if (false && ")),
            left(
                    "whoever owns a prefix changes the governance under every revocation",
                    edit("AdminExecution", " && !change.onlyRevokes()", "")),
            left(
                    "what also revokes is done to a governance that nobody has seen",
                    edit(
                            "AdminChange",
                            "return operations.stream()\n                .allMatch(",
                            "return operations.stream()\n                .anyMatch(")),
            left(
                    "what is in the way for now is in the way for good",
                    "LedgerOwnersTest#whatCannotBeDoneNowIsDoneLater",
                    edit("Consideration", "conflicts.stream().allMatch(Objection::mayPassByWaiting)", "false")),
            left("what expired waits on", edit("PendingChanges", "if (over.isEmpty()) {", "if (!over.isEmpty()) {")),
            left(
                    "what expired is taken",
                    edit("Decider", "if (nowSeconds >= change.expiresSeconds()) {", "if (false) {")),
            left(
                    "what is not valid yet is taken",
                    edit("Decider", "if (nowSeconds < change.validFromSeconds()) {", "if (false) {")),
            left(
                    "a key that was revoked before is taken",
                    edit(
                            "Signing",
                            "mustBeInTime ? holding.outOfTime(draft.nowSeconds()) : Optional.empty();",
                            "Optional.empty();")),
            left(
                    "a change of another cluster is taken",
                    edit("Decider", "if (!change.chain().equals(chain)) {", "if (false) {")),
            left(
                    "an approval of another cluster is taken",
                    edit("Ledger", "if (!endorsement.chain().equals(draft.around.chain())) {", "if (false) {")),
            left(
                    "somebody else signs as the author",
                    edit("Decider", "return signer.name().equals(change.author())", "return !signer.keys().isEmpty()")),
            left(
                    "nobody asks for the author's signature",
                    edit("Decider", "if (votes.stream().noneMatch(Vote::asAuthor)) {", "if (false) {")),
            left(
                    "a value need not be the one that was signed",
                    edit("ChangeValues", " || !digest.equals(put.valueDigest())) {", ") {")),
            left(
                    "values of a change that was read need not be those that were signed",
                    edit("LedgerTexts", "ChangeValues.requireSame(puts.get(first + i), values.get(i));", "")),
            left(
                    "of several values only the first is looked at",
                    edit("LedgerTexts", "i < values.size(); i++", "i < 1; i++")),
            left(
                    "values may go on behind the last put",
                    "LedgerOnTheWayTest#aValueThatTheTextDoesNotNameIsRefusedAndChangesNothing",
                    edit("LedgerTexts", " || first > puts.size() - values.size()", "")),
            left(
                    "of several values none is taken if one is there",
                    "LedgerOnTheWayTest#ofSeveralValuesThoseThatAreThereAreNotWrittenAgain",
                    edit(
                            "Consideration",
                            "if (!mayTake || changes.hasValues(digest, first, values.size())) {",
                            "if (!mayTake || changes.hasValues(digest, first, 1)) {")),
            left(
                    "a value that is there is written again",
                    "LedgerOnTheWayTest#ofSeveralValuesThoseThatAreThereAreNotWrittenAgain",
                    edit("Consideration", "if (!changes.hasValues(digest, first + i, 1)) {", "if (true) {")),
            left(
                    "a change is executed before all its values have come",
                    edit("Consideration", "if (missing == 0) {", "if (missing >= 0) {")),
            left(
                    "anybody withdraws what was never submitted",
                    edit(
                            "Ledger",
                            "good.signer().equals(change.content().author())\n                ? consideration.endUnseen",
                            "good != null ? consideration.endUnseen")),
            left(
                    "who took an approval back may give it again",
                    edit(
                            "Ledger",
                            "if (signing.withdrawn(waiting).contains(good.signer())) {\n            return refused",
                            "if (false) {\n            return refused")),
            left(
                    "a change is drafted on what is compacted away",
                    edit("Ledger", "return base < draft.compactRevision", "return base < 0")),
            left(
                    "an author may have any number of changes waiting",
                    "LedgerTest#anAuthorMayHaveSoManyWaitingAndNoMore",
                    edit("PendingChanges", "draft.tree.liveCount(ofAuthor) >= MAX_BY_AUTHOR", "false")),
            left(
                    "an author may have any number of bytes waiting",
                    "LedgerTest#andSoManyBytes",
                    edit("PendingChanges", "return sum[0] <= MAX_BYTES_BY_AUTHOR;", "return true;")));

    private static final List<Planted> WRITES = List.of(
            SIGNED_TWICE,
            left(
                    "an older signed write is done",
                    edit("SignedWrites", "write.timeMicros() <= last.get().timeMicros()", "false")),
            left(
                    "two signed writes of one time are done",
                    "SignedWritesTest#whatWasRefusedIsUsedUp",
                    edit(
                            "SignedWrites",
                            "write.timeMicros() <= last.get().timeMicros()",
                            "write.timeMicros() < last.get().timeMicros()")),
            left(
                    "another write of the same time gets the answer of the last",
                    "SignedWritesTest#whatWasRefusedIsUsedUp",
                    edit(
                            "SignedWrites",
                            "last.get().text().equals(text)",
                            "last.get().timeMicros() == write.timeMicros()")),
            left(
                    "a signed write that was refused can be done later",
                    "SignedWritesTest#whatWasRefusedIsUsedUp",
                    edit(
                            "SignedWrites",
                            "draft.putSystem(record,",
                            "if (!(outcome instanceof Outcome.Failed)) draft.putSystem(record,")),
            left(
                    "a signed write of a revoked key is done",
                    edit("SignedWrites", "signer.outOfTime(draft.nowSeconds()).isPresent()", "false")),
            left(
                    "a signed write may be as old as it likes",
                    edit(
                            "SignedWrites",
                            "write.timeMicros() < nowMicros - WriteText.MAX_SKEW_MICROS\n                || ",
                            "")),
            left(
                    "a signed write may be of any time to come",
                    edit(
                            "SignedWrites",
                            "\n                || write.timeMicros() > nowMicros + WriteText.MAX_SKEW_MICROS",
                            "")),
            left(
                    "whoever is registered writes everywhere",
                    edit("SignedWrites", "draft.governance.mayWriteAlone(signer, span)", "true")),
            left(
                    "a signed write need not be in its signature's namespace",
                    edit("Scrutiny", "WriteText.NAMESPACE, message);", "signature.namespace(), message);")),
            left(
                    "a signed write of another cluster is done",
                    "SignedWritesTest#whatIsAlteredOrForgedIsRefused",
                    edit("WriteText", "\"cairn-write-1\\nchain \" + chain.toHex()", "\"cairn-write-1\\nchain\"")),
            left(
                    "another operation stands beside the signature of a write",
                    edit("WriteText", " + operation.toHex()", "")),
            left(
                    "one of several signatures is enough for a signed write",
                    edit("Guard", "return threshold == 1 && ", "return ")),
            left(
                    "who is excluded as an author writes alone",
                    edit("Guard", "threshold == 1 && !excludeAuthor && ", "threshold == 1 && ")),
            left(
                    "a key of any kind signs writes",
                    edit("Guard", "!excludeAuthor && keyKinds.contains(kind) && ", "!excludeAuthor && ")),
            left(
                    "anybody's signed write meets a guard of one",
                    edit("Guard", "keyKinds.contains(kind) && lists(signer);", "keyKinds.contains(kind);")),
            left(
                    "a signed write is held against the guard of one key of a range",
                    edit(
                            "Governance",
                            "guards.rulings(span).stream().allMatch(ruling ->",
                            "guards.rulings(span).stream().anyMatch(ruling ->")));

    private static final List<Planted> LEASES = List.of(
            left(
                    "a lease takes a guarded key with it when it ends",
                    "LeaseTest#aKeyThatCameUnderAGuardOutlivesItsLeaseAndIsAttachedToNothing",
                    edit("LeaseExecution", "draft.governance.guards().isOpen(KeySpan.single(key))", "key != null")),
            left(
                    "a signed write attaches a lease to a guarded key",
                    "LeaseTest#noLeaseIsAttachedWhereAGuardDecides",
                    edit("SignedWrites", "draft.governance.guards().isOpen(KeySpan.single(key))", "key != null")),
            left(
                    "a key that outlived its lease is attached to the next one of that id",
                    "LeaseTest#aKeyThatCameUnderAGuardOutlivesItsLeaseAndIsAttachedToNothing",
                    edit("LeaseExecution", "leases.detach(id, key);", "")),
            left(
                    "an outage counts in full",
                    "LeaseTest#anOutageIsASecond",
                    edit(
                            "LeaseClock",
                            "Math.min(MAX_STEP_NANOS, Math.max(0, timeNanos - blockNanos))",
                            "timeNanos - blockNanos")),
            left(
                    "a lease ends before the requests of its last block",
                    "LeaseTest#whatIsKeptAliveInTheBlockThatWouldEndItLivesOn",
                    edit("Execution", "ledger.forget();", "leases.expire();")),
            left(
                    "a lease ends a millisecond early",
                    "LeaseTest#nothingEndsEarly",
                    edit("LeaseKeys", "expiry(millis + 1, 0)", "expiry(millis + 2, 0)")),
            left(
                    "a key stays attached to the lease it was moved from",
                    "LeaseTest#aPutMovesItsKeyFromLeaseToLease",
                    edit("Writer", "previous.ifPresent(draft.leases::detach);", "")),
            left(
                    "a lease need not live to take a key",
                    "LeaseTest#aLeaseThatDoesNotLiveTakesNoKey",
                    edit("Writer", "put.lease() != 0 && !leases.isAlive(put.lease())", "false")),
            left(
                    "time need not go on while a lease lives",
                    "LeaseTest#theClockStandsStillWithoutLeasesAndItsRecordGoes",
                    edit("KvStateMachine", "return LeaseView.hasAny(state);", "return false;")),
            left(
                    "the audit takes the end of a lease for granted",
                    "LeaseAuditTest#aLeaseThatEndsEarly",
                    edit("BlockWalk", "return audit.leases().broken(writes);", "return Optional.empty();")));

    static final List<Planted> ALL = Stream.of(GUARDS, PATHS, APPROVALS, WRITES, LEASES)
            .flatMap(List::stream)
            .toList();

    private LedgerMutants() {}
}

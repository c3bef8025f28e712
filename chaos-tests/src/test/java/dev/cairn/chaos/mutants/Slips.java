package dev.cairn.chaos.mutants;

import static dev.cairn.chaos.mutants.Mutant.edit;

import java.util.List;
import java.util.stream.Stream;

/** More planted faults: slips that other systems made, and what the page on the protocol warns of. */
final class Slips {
    /** Does no harm as long as somebody minds: then the view changes, and what was prepared is voted on anew. */
    static final List<Mutant.Edit> LOST_VOTES_STAY_LOST = List.of(edit(
            "Replica",
            "        for (Vote vote : ledger.above(committed, limit)) {",
            "        for (Vote vote : List.<Vote>of()) {"));

    /** Where all are honest, it does no harm as long as lost votes come again. */
    static final List<Mutant.Edit> NOBODY_MINDS = List.of(
            edit("Patience", "if (!provenView && isOverdue()) {", "if (false) {"),
            edit("Patience", "if (waited > requestTicks() && idle > requestTicks()) {", "if (false) {"),
            edit("Patience", "if (waited > limits.censorTicks()) {", "if (false) {"),
            edit("Patience", "if (preparedForTicks() > requestTicks()) {", "if (false) {"));

    private static final Mutant.Edit NOBODY_MINDS_TIME =
            edit("Patience", "if (core.waitsForTime() && idle", "if (false && idle");
    private static final Mutant.Edit MADE_FOR_TIME =
            edit("Proposer", "return core.waitsForTime() && core.ticks()", "return false && core.ticks()");

    private static final List<Mutant> COUNTING = List.of(
            Mutant.of(
                    "a PRE-PREPARE counts as a PREPARE",
                    edit(
                            "Slot",
                            "this.prepares = new VoteSet(Phase.PREPARE, quorum);",
                            "this.prepares = new VoteSet(Phase.PREPARE, quorum - 1);")),
            Mutant.of(
                    "COMMITs of different views are added up",
                    edit(
                            "NormalCase",
                            "Slot slot = slot(vote.ballot().view(), vote.ballot().height());",
                            "Slot slot = slot(vote instanceof Message.Commit ? core.view().number() :"
                                    + " vote.ballot().view(), vote.ballot().height());"),
                    edit(
                            "NormalCase",
                            "boolean near = isNow || ballot.view().equals(view.number().next());",
                            "boolean near = true;"),
                    edit(
                            "VoteSet",
                            ".filter(vote -> vote.ballot().equals(ballot))",
                            ".filter(vote -> phase == Phase.COMMIT ? vote.ballot().block().equals(ballot.block()) :"
                                    + " vote.ballot().equals(ballot))")),
            Mutant.of(
                    "anybody's vote is taken from anyone, unsigned",
                    edit("NormalCase", "if (!vote.voter().equals(from)) {", "if (false) {"),
                    edit(
                            "Authenticator",
                            "&& isSigned(vote.voter(), Statement.of(vote.phase().kind(), chainId, vote.ballot()),"
                                    + " vote.signature());",
                            ";")),
            Mutant.of(
                    "one SUSPECT is enough to start a view change",
                    edit(
                            "ViewChanger",
                            "if (agreeing.size() >= core.quorums.weakQuorum()) {",
                            "if (agreeing.size() >= 1) {"),
                    edit(
                            "Authenticator",
                            "return seen.cardinality() >= quorums.weakQuorum()",
                            "return seen.cardinality() >= 1")),
            Mutant.of(
                            "the view of a certificate in a VIEW-CHANGE is not checked",
                            edit(
                                    "Authenticator",
                                    "return certificate.map(c -> target.isAfter(c.view())).orElse(true);",
                                    "return true;"))
                    .livingIn(Habitat.STAYING_BEHIND),
            Mutant.of(
                    "a VIEW-CHANGE for another target is accepted in a NEW-VIEW",
                    edit(
                            "Authenticator",
                            ".allMatch(c -> c.target().equals(m.view()) && c.epoch().equals(m.epoch()))",
                            ".allMatch(c -> c.epoch().equals(m.epoch()))"),
                    edit(
                            "ViewChanger",
                            ".filter(change -> change.target().equals(core.view().number()))",
                            ".filter(change -> true)")));

    private static final List<Mutant> READS = List.of(
            Mutant.of(
                    "a read's answer leaves out what is prepared",
                    edit(
                            "Reads",
                            "return Stream.concat(core.highestPrepared().stream(),"
                                    + " decisions.highestCommitCertificate().stream())",
                            "return decisions.highestCommitCertificate().stream()")),
            Mutant.of(
                            "of a read's answers the greatest by height alone counts",
                            edit(
                                    "Reads",
                                    ".filter(answer -> isMet(answer.getValue()))",
                                    ".filter(_ -> isMet(java.util.Collections.max(round.answers.values(),"
                                            + " java.util.Comparator.comparing(Claim::height))))"))
                    .livingIn(Habitat.LIES_TO_READERS),
            Mutant.of(
                    "a witness is taken whatever it was asked",
                    edit(
                            "Reads",
                            "round.challenge.filter(witness.challenge()::equals).isPresent();",
                            "round.challenge.isPresent();")),
            Mutant.of(
                    "a witness's signature is not checked",
                    edit(
                            "Authenticator",
                            "case Message.WitnessAnswer m -> isValidWitness(m.witness());",
                            "case Message.WitnessAnswer _ -> true;")),
            Mutant.of(
                    "a descendant's certificate settles a read before the descendant is committed",
                    edit("model/Testimony", "proof.height().equals(header) && ", "")));

    private static final List<Mutant> DURABILITY = List.of(
            Mutant.of(
                    "a VIEW-CHANGE is sent before it is durable",
                    edit(
                            "ViewChanger",
                            "core.persist(new LogRecord.SentViewChange(viewChange));\n        core.broadcast(viewChange);",
                            "core.broadcast(viewChange);\n        core.persist(new LogRecord.SentViewChange(viewChange));")),
            Mutant.of(
                    "a NEW-VIEW is sent before it is durable",
                    edit(
                            "ViewChanger",
                            "        core.persist(new LogRecord.AcceptedNewView(newView));\n",
                            "        if (core.isPrimary()) {\n            core.broadcast(newView);\n        }\n       "
                                    + " core.persist(new LogRecord.AcceptedNewView(newView));\n")),
            Mutant.of(
                    "a CHECKPOINT is sent before the vote is durable",
                    edit(
                            "Checkpointer",
                            "core.persist(new LogRecord.CastVote(vote));\n        core.broadcast(vote);",
                            "core.broadcast(vote);\n        core.persist(new LogRecord.CastVote(vote));")),
            Mutant.of(
                    "that a block is committed is not written",
                    edit(
                            "Chain",
                            "core.persist(new LogRecord.CommittedBlock(block.height(), block.digest(), proof));",
                            "")),
            Mutant.of(
                    "the prepare certificate is forgotten in a crash",
                    edit(
                            "Core",
                            "this.highestPrepared = recovery.prepared();",
                            "this.highestPrepared = Optional.empty();")),
            Mutant.of(
                            "a restarted primary builds a block again and falls over it",
                            edit("Chain", "if (candidates.containsKey(block.digest())) {", "if (false) {"))
                    .livingIn(Habitat.CLOCKS_BEHIND));

    private static final List<Mutant> LIVENESS = List.of(
            Mutant.of(
                    "a tip is proposed again as a new block",
                    edit(
                            "Proposer",
                            "chain.base(view.tipBlock()).ifPresent(tip -> announce(tip.block()));",
                            "chain.base(view.tipBlock()).flatMap(tip ->"
                                    + " chain.base(tip.block().parent())).ifPresent(base -> draft(base,"
                                    + " pool.take(core.parameters.batchBytes())));")),
            Mutant.of(
                    "requests are known by a high-water mark",
                    edit(
                            "RequestPool",
                            "if (recentlyCommitted.contains(request.id()) ||",
                            "if (recentlyCommitted.stream().anyMatch(id -> id.client().equals(request.id().client()) &&"
                                    + " id.sequence() >= request.id().sequence()) ||")),
            Mutant.of(
                            "relays back off without end",
                            edit(
                                    "RequestPool",
                                    "entry.relays = Math.min(entry.relays + 1, MAX_BACKOFF);",
                                    "entry.relays = entry.relays + 1;"))
                    .livingIn(Habitat.LONG_OUTAGES),
            Mutant.of(
                            "patience for a new view doubles without cap or reset",
                            edit(
                                    "Patience",
                                    "return Math.min(doubled, core.timeouts.newViewCapTicks());",
                                    "return doubled;"),
                            edit("Patience", "if (commitsInView >= core.parameters.window()) {", "if (false) {"))
                    .livingIn(Habitat.FAILING_VIEWS),
            Mutant.of("no block is made for the time alone", NOBODY_MINDS_TIME, MADE_FOR_TIME),
            Mutant.of("a primary may let the time stand still", NOBODY_MINDS_TIME),
            Mutant.of(
                    "a dead next primary is waited for",
                    edit("Patience", "        if (isOverdue()) {", "        if (false) {"),
                    edit("Patience", "} else if (newViewSinceTick.isPresent() && lost", "} else if (false && lost")),
            Mutant.of(
                            "a new view forgets that its requests still wait",
                            edit("Replica", "pool.restart(chain.requestsUpTo(view.tipBlock()), core.ticks());", ""))
                    .livingIn(Habitat.FAILING_VIEWS),
            Mutant.of(
                    "a block that comes by two ways is decided twice",
                    edit("Decisions", "if (waiting.firstKey().isAtMost(chain.headHeight())) {", "if (false) {")),
            Mutant.of(
                            "votes that were lost are not sent again, and nobody minds",
                            Stream.of(LOST_VOTES_STAY_LOST, NOBODY_MINDS)
                                    .flatMap(List::stream)
                                    .toArray(Mutant.Edit[]::new))
                    .livingIn(Habitat.LOSSES));

    static final List<Mutant> ALL = Stream.of(COUNTING, READS, DURABILITY, LIVENESS)
            .flatMap(List::stream)
            .toList();

    private Slips() {}
}

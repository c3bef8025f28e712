package dev.cairn.chaos.mutants;

import static dev.cairn.chaos.mutants.Mutant.edit;

import java.util.List;
import java.util.stream.Stream;

/** The planted faults: first the unsafe readings of the protocol's page, then what people get wrong in code. */
final class Mutants {
    private static final Mutant.Edit[] NO_FLOOR = {
        edit("NormalCase", "} else if (contradictsTip(block)) {", "} else if (false) {"),
        edit("NormalCase", "if (!view.active() || contradictsTip(block) || ", "if (!view.active() || "),
        edit("NormalCase", """
                        if (!height.isAbove(view.tipHeight())) {
                            return false;
                        }
                """.indent(-0), ""),
        edit("NormalCase", "return isHead && aboveFloor && notByLaterView;", "return isHead && notByLaterView;"),
    };

    private static final List<Mutant> VOTING_RULE = List.of(
            Mutant.of("the committed head is a base without the tip's floor", NO_FLOOR),
            Mutant.of(
                    "the floor holds for the first proposal of a view only",
                    edit(
                            "NormalCase",
                            "        CurrentView view = core.view();\n        return view.tipHeight().isAbove(block.height())",
                            "        CurrentView view = core.view();\n        if (!slotsOfView().isEmpty()) {\n            return"
                                    + " false;\n        }\n        return view.tipHeight().isAbove(block.height())"),
                    NO_FLOOR[2],
                    NO_FLOOR[3]),
            Mutant.of(
                            "a parent prepared in any view is a base",
                            edit(
                                    "VoteLedger",
                                    "return Optional.ofNullable(of(Phase.PREPARE).get(height))\n                .map(vote ->"
                                            + " vote.ballot().block());",
                                    "return Optional.ofNullable(ever.get(height));"),
                            edit(
                                    "VoteLedger",
                                    "    private Height floor;",
                                    "    private Height floor;\n    private final java.util.Map<Height, Digest> ever = new"
                                            + " java.util.TreeMap<>();"),
                            edit(
                                    "VoteLedger",
                                    "throw new IllegalStateException(\"a second statement: \" + vote);\n        }",
                                    "throw new IllegalStateException(\"a second statement: \" + vote);\n        }\n        if"
                                            + " (vote.phase() == Phase.PREPARE) {\n            ever.put(vote.ballot().height(),"
                                            + " vote.ballot().block());\n        }"))
                    .livingIn(Habitat.FORKS),
            Mutant.of(
                    "a parent that is merely known is a base",
                    edit(
                            "NormalCase",
                            "ledger.preparedAt(below).filter(parent::equals).isPresent()",
                            "chain.candidate(parent).isPresent()")),
            Mutant.of(
                            "a head committed by a later view's certificate is a base",
                            edit("NormalCase", "isHead && aboveFloor && notByLaterView;", "isHead && aboveFloor;"))
                    .livingIn(Habitat.STAYING_BEHIND),
            Mutant.of(
                    "any parent will do",
                    edit(
                            "NormalCase",
                            "return view.isTip(block.digest()) || mayFollow(block.parent(), block.height());",
                            "return true;")),
            Mutant.of(
                    "lower heights are proposed again first",
                    Stream.concat(
                                    Stream.of(NO_FLOOR),
                                    Stream.of(edit(
                                            "Proposer",
                                            "chain.base(view.tipBlock()).ifPresent(tip -> announce(tip.block()));",
                                            "chain.pathTo(view.tipBlock()).filter(p -> !p.isEmpty()).ifPresent(p ->"
                                                    + " announce(p.getFirst().block));")))
                            .toArray(Mutant.Edit[]::new)),
            Mutant.of(
                    "COMMIT in a view that was left",
                    edit("NormalCase", "if (core.view().votesIn(prepared.view())\n                && ", "if ("),
                    edit("NormalCase", "if (!core.view().votesIn(ballot.view())) {", "if (false) {"),
                    edit("NormalCase", "slots.headMap(core.view().number(), false).clear();", ""),
                    edit(
                            "NormalCase",
                            "for (Slot slot : List.copyOf(current.values())) {",
                            "for (Slot slot : slots.values().stream().flatMap(m -> m.values().stream()).toList()) {"),
                    edit(
                            "NormalCase",
                            "Ballot ballot = core.ballot(slot.height, block.digest());",
                            "Ballot ballot = new" + " Ballot(core.epoch, slot.view, slot.height, block.digest());"),
                    edit("VoteLedger", "return ballot.view().equals(view)\n                && ", "return ")),
            Mutant.of(
                    "COMMIT on an older view's certificate",
                    edit(
                            "NormalCase",
                            "slot.prepared().ifPresent(certificate -> tryCommit(slot, certificate));",
                            "slot.prepared().or(() -> core.highestPrepared().filter(c ->"
                                    + " c.height().equals(slot.height))).ifPresent(certificate -> tryCommit(slot,"
                                    + " certificate));"),
                    edit(
                            "NormalCase",
                            "if (core.view().votesIn(prepared.view())\n                &&"
                                    + " ledger.mayVote(Phase.COMMIT, prepared.ballot())",
                            "if (core.view().active()\n                && ledger.mayVote(Phase.COMMIT,"
                                    + " core.ballot(slot.height, prepared.block()))"),
                    edit(
                            "NormalCase",
                            "cast(Phase.COMMIT, prepared.ballot());",
                            "cast(Phase.COMMIT, core.ballot(slot.height, prepared.block()));")),
            Mutant.of(
                    "two votes in one slot",
                    edit("NormalCase", "        if (first.isPresent()) {", "        if (false) {"),
                    edit(
                            "Slot",
                            "if (prePrepare != null && !prePrepare.block().equals(proposal.block())) {",
                            "if (false) {"),
                    edit(
                            "VoteLedger",
                            "                && !of(phase).containsKey(ballot.height());",
                            "                && !Optional.ofNullable(of(phase).get(ballot.height())).map(v ->"
                                    + " v.ballot().equals(ballot)).orElse(false);")),
            Mutant.of(
                    "what is voted for need not give its header's roots",
                    edit("Chain", "if (!candidate.block.header().equals(expected)) {", "if (expected == null) {")),
            Mutant.of(
                    "a block's time is not judged",
                    edit(
                            "NormalCase",
                            "} else if (!core.knowsTime() || aheadNanos > core.parameters.maxFutureNanos()) {",
                            "} else if (false) {"),
                    edit(
                            "NormalCase",
                            "} else if (!mayBeOld && -aheadNanos > core.parameters.maxPastNanos()) {",
                            "} else if (false) {")));

    private static final List<Mutant> VIEW_CHANGE = List.of(
            Mutant.of(
                            "the tip is the greatest by height alone",
                            edit(
                                    "ViewChanger",
                                    "Optional<Ballot> greatest = ballots.stream().max(Ballot.BY_VIEW_THEN_HEIGHT);",
                                    "Optional<Ballot> greatest = ballots.stream().max((a, b) ->"
                                            + " a.height().compareTo(b.height()));"))
                    .livingIn(Habitat.HOARDED_CERTIFICATES),
            Mutant.of(
                    "VIEW-CHANGE reports the greatest certificate by height alone",
                    edit(
                            "Core",
                            ".map(known -> Ballot.BY_VIEW_THEN_HEIGHT.compare(certificate.ballot(), known.ballot()) > 0)",
                            ".map(known -> certificate.height().isAbove(known.height()))")),
            Mutant.of(
                    "a view is entered by f+1 VIEW-CHANGEs",
                    edit(
                            "Authenticator",
                            "&& m.viewChanges().size() == quorums.quorum()",
                            "&& m.viewChanges().size() >= quorums.weakQuorum()"),
                    edit(
                            "ViewChanger",
                            "return !core.view().active() && forTarget().size() >= core.quorums.quorum();",
                            "return !core.view().active() && forTarget().size() >= core.quorums.weakQuorum();")),
            Mutant.of("the VIEW-CHANGEs of a NEW-VIEW may be of one sender", edit("Authenticator", """
                            && areDistinct(
                                                    m.viewChanges().stream().map(Message.ViewChange::sender).toList())
                            """.strip(), "")),
            Mutant.of(
                    "a NEW-VIEW is exchanged after voting",
                    edit("ViewChanger", """
                            boolean over = view.number().isAfter(newView.view())
                                            || (view.active() && view.number().equals(newView.view()));
                            """.strip(), "boolean over = view.number().isAfter(newView.view());"),
                    edit("Core", "if (!forward && !activates) {", "if (view.number().isAfter(next.number())) {"),
                    edit("VoteLedger", "if (view.isAfter(next) || (view.equals(next) && !unvoted)) {", "if (false) {"),
                    edit(
                            "Replica",
                            "case Message.NewView m -> !core.view().number().isAfter(m.view());",
                            "case Message.NewView m -> true;")),
            Mutant.of(
                    "certificates go at a checkpoint, and nothing stands in for them",
                    edit(
                            "Checkpointer",
                            "ledger.forgetUpTo(height);",
                            "ledger.forgetUpTo(height);\n        core.forget();"),
                    edit(
                            "Core",
                            "    // Time and numbering.",
                            "    void forget() {\n        highestPrepared = Optional.empty();\n    }\n"),
                    edit(
                            "ViewChanger",
                            "Optional<QuorumCertificate> committed = decisions.highestCommitCertificate();",
                            "Optional<QuorumCertificate> committed = Optional.empty();")),
            Mutant.of(
                    "VIEW-CHANGE hides what was prepared",
                    edit(
                            "ViewChanger",
                            "Optional<QuorumCertificate> prepared = core.highestPrepared();",
                            "Optional<QuorumCertificate> prepared = Optional.empty();")),
            Mutant.of(
                    "a view change is not resumed after a crash",
                    edit("ViewChanger", "this.sent = recovery.sentViewChange().orElse(null);", "this.sent = null;"),
                    edit(
                            "Recovery",
                            "    public View view() {",
                            "    public View view() {\n        if (true) {\n            return"
                                    + " acceptedNewView.map(Message.NewView::view).orElse(View.ZERO);\n        }")));

    private static final List<Mutant> QUORUMS = List.of(
            Mutant.of(
                    "2f votes are a quorum",
                    edit("quorum/QuorumSystem", "return (n + f() + 2) / 2;", "return (n + f() + 2) / 2 - 1;")),
            Mutant.of("a certificate's voters may be one", edit("Authenticator", """
                            || !areDistinct(certificate.votes().stream()
                                                    .map(QuorumCertificate.Signed::voter)
                                                    .toList())) {
                            """.strip(), ") {")),
            Mutant.of(
                            "a certificate's signatures are not checked",
                            edit(
                                    "Authenticator",
                                    "quorums.isMember(vote.voter()) && isSigned(vote.voter(), statement, vote.signature()));",
                                    "quorums.isMember(vote.voter()));"))
                    .livingIn(Habitat.FORGED_CERTIFICATES),
            Mutant.of(
                    "a prepare certificate commits",
                    edit(
                            "Slot",
                            "committed = commits.certificate().orElse(null);",
                            "committed = prepares.certificate().orElse(null);")),
            Mutant.of(
                    "f+1 checkpoint votes make it stable",
                    edit(
                            "Checkpointer",
                            "new VoteSet(Phase.CHECKPOINT, core.quorums.quorum())",
                            "new VoteSet(Phase.CHECKPOINT, core.quorums.weakQuorum())")),
            Mutant.of(
                    "requests are not checked for their clients' signatures",
                    edit(
                            "Authenticator",
                            "case Message.Forward m -> m.requests().stream().allMatch(this::isSigned);",
                            "case Message.Forward m -> true;"),
                    edit(
                            "Authenticator",
                            "return isOurBody(block) && block.requests().stream().allMatch(this::isSigned);",
                            "return isOurBody(block);")),
            Mutant.of(
                            "blocks that are caught up with need no certificate",
                            edit(
                                    "Authenticator",
                                    "&& isValidCertificate(m.proof(), Phase.COMMIT)\n                && m.blocks()",
                                    "&& m.blocks()"))
                    .livingIn(Habitat.FORGED_CERTIFICATES));

    private static final List<Mutant> READS = List.of(
            Mutant.of(
                            "a read asks f+1",
                            edit(
                                    "Reads",
                                    "if (met.size() >= core.quorums.quorum()) {",
                                    "if (met.size() >= core.quorums.weakQuorum()) {"))
                    .livingIn(Habitat.LIES_TO_READERS),
            Mutant.of(
                    "a read is answered from what is prepared",
                    edit(
                            "Reads",
                            ".map(proof -> Testimony.isMet(claim.view(), claim.height(), chain.headHeight(),"
                                    + " proof.ballot()))\n                .orElse(claim.height().isAtMost(chain.headHeight()));",
                            ".filter(proof -> Testimony.isMet(claim.view(), claim.height(), chain.headHeight(),"
                                    + " proof.ballot())).isPresent()\n                ||"
                                    + " claim.height().isAtMost(core.highestPrepared().map(c ->"
                                    + " c.height()).orElse(Height.GENESIS));")),
            Mutant.of(
                    "a read is settled by its own view",
                    edit("model/Testimony", "&& proof.view().isAfter(view);", "&& !view.isAfter(proof.view());")),
            Mutant.of(
                    "nothing stands in for what a checkpoint drops in a read's answer",
                    edit(
                            "Checkpointer",
                            "ledger.forgetUpTo(height);",
                            "ledger.forgetUpTo(height);\n        core.forget();"),
                    edit(
                            "Core",
                            "    // Time and numbering.",
                            "    void forget() {\n        highestPrepared = Optional.empty();\n    }\n"),
                    edit(
                            "Reads",
                            "return Stream.concat(core.highestPrepared().stream(),"
                                    + " decisions.highestCommitCertificate().stream())",
                            "return core.highestPrepared().stream()")),
            Mutant.of(
                    "a read joins a round that is under way",
                    edit(
                            "Reads",
                            "keep(read);\n        startRound();",
                            "if (rounds.isEmpty() || read.challenge().isPresent()) {\n            keep(read);\n           "
                                    + " startRound();\n        } else {\n            rounds.getLast().readers.add(read);\n        }"),
                    edit(
                            "Reads",
                            "new Round(lastRound, List.copyOf(first), timelyNanos);",
                            "new Round(lastRound, new ArrayList<>(first), timelyNanos);")));

    private static final List<Mutant> DURABILITY = List.of(
            Mutant.of(
                    "a vote is sent before it is durable",
                    edit(
                            "NormalCase",
                            "core.persist(new LogRecord.CastVote(vote));\n        core.broadcast(vote);",
                            "core.broadcast(vote);\n        core.persist(new LogRecord.CastVote(vote));")),
            Mutant.of(
                    "a proposal is sent before its slot is durable",
                    edit(
                            "Proposer",
                            "core.persist(new LogRecord.ProposedSlot(ballot, signature));\n       "
                                    + " core.broadcast(proposal);",
                            "core.broadcast(proposal);\n        core.persist(new LogRecord.ProposedSlot(ballot,"
                                    + " signature));")),
            Mutant.of(
                    "a prepare certificate is not written",
                    edit("Core", "persist(new LogRecord.PreparedCertificate(certificate));", "")),
            Mutant.of(
                    "a NEW-VIEW is not written",
                    edit("ViewChanger", "core.persist(new LogRecord.AcceptedNewView(newView));", "")),
            Mutant.of(
                    "a VIEW-CHANGE is not written",
                    edit("ViewChanger", "core.persist(new LogRecord.SentViewChange(viewChange));", "")),
            Mutant.of(
                    "a block is not written before it is voted for",
                    edit(
                            "Chain",
                            "core.persist(new LogRecord.BlockBody(block));\n            executeIfReady(candidate(block));",
                            "executeIfReady(candidate(block));")),
            Mutant.of(
                    "votes are forgotten in a crash",
                    edit("VoteLedger", "for (Vote vote : recovered) {", "for (Vote vote : List.<Vote>of()) {")),
            Mutant.of(
                    "slots given away are forgotten in a crash",
                    edit(
                            "Proposer",
                            "lastProposed = proposals.stream()",
                            "lastProposed = List.<Message.PrePrepare>of().stream()")),
            Mutant.of(
                    "the certificate of the head is forgotten in a crash",
                    edit("Chain", "this.headProof = recovery.committed();", "this.headProof = Optional.empty();")));

    private static final List<Mutant> LIVENESS = List.of(
            Mutant.of("requests are not relayed", edit("Replica", "if (!impatient.isEmpty()) {", "if (false) {")),
            Mutant.of("nobody is taken along into a view", edit("Replica", "viewChanger.onStatus(from, status);", "")),
            Mutant.of("nobody catches up", edit("Replica", "catchUp.onStatus(from, status);", "")),
            Mutant.of(
                    "bodies are not fetched", edit("CatchUp", "core.send(source, new Message.FetchBody(digest));", "")),
            Mutant.of(
                    "a fetch waits for one source for ever",
                    edit(
                            "CatchUp",
                            "if (fetch != null && core.ticks() - fetch.sinceTick() > core.timeouts.fetchTicks()) {",
                            "if (false) {")),
            Mutant.of(
                    "far-future heights are taken in",
                    edit(
                            "NormalCase",
                            "} else if (block.height().isAbove(chain.headHeight().plus(core.parameters.horizon()))) {",
                            "} else if (false) {"),
                    edit(
                            "Chain",
                            "return candidates.containsKey(block.digest())\n                ||",
                            "return true || candidates.containsKey(block.digest())\n                ||")));

    static final List<Mutant> ALL = Stream.of(
                    VOTING_RULE,
                    VIEW_CHANGE,
                    QUORUMS,
                    READS,
                    DURABILITY,
                    LIVENESS,
                    Slips.ALL,
                    TransferMutants.ALL,
                    HandOverMutants.ALL)
            .flatMap(List::stream)
            .toList();

    private Mutants() {}
}

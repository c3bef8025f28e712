package dev.cairn.simulator;

import dev.cairn.protocol.model.Message;
import java.util.List;

/** What a Byzantine replica does to the effects of the honest code inside it, with no key but its own. */
public enum Strategy {
    /** Says nothing at all. */
    SILENT,
    /** As primary, proposes different blocks to different halves; votes for each where it was proposed. */
    EQUIVOCATE,
    /** Votes PREPARE and COMMIT at once for everything that is proposed to it, to everybody. */
    VOTE_FOR_ALL,
    /** Keeps its votes to itself. */
    WITHHOLD_VOTES,
    /** Keeps its COMMITs to itself, so that much is prepared and little committed. */
    WITHHOLD_COMMITS,
    /** Says each thing only to some. */
    SELECTIVE,
    /** Never speaks to the lower half of its peers. */
    PARTIAL,
    /** Claims heights in STATUS and read answers that nobody has. */
    LIE_ABOUT_HEIGHTS,
    /** Answers reads as in a view long over: with nothing, or with heights that nobody has. */
    LIE_TO_READERS,
    /** In a view change, hides what it prepared. */
    HIDE_PREPARED,
    /** In a view change, reports the first certificates it ever saw. */
    STALE_VIEW_CHANGE,
    /** As a new primary, shows different quorums of VIEW-CHANGEs to different peers. */
    SPLIT_NEW_VIEW,
    /** Suspects every primary all the time. */
    SUSPECT_ALWAYS,
    /** Never hears of the requests of others, nor passes them on. */
    CENSOR,
    /** Holds everything back for a while that stays just below the patience of others. */
    DAWDLE,
    /** Says old things again. */
    REPLAY,
    /** As primary, proposes both blocks to everyone, in different order. */
    PROPOSE_TWICE,
    /** As primary, proposes another block to a peer that comes back from behind what it proposed. */
    PROPOSE_ANEW,
    /** As primary, goes on from where the view's tip forbids it. */
    FORK,
    /** As the primary of a view that is over, goes on in it, on what was committed since, with those that stay behind. */
    CLING,
    /** Makes up certificates, of its own votes alone or with signatures that are none. */
    FORGE_CERTIFICATES,
    /** As a new primary, shows one VIEW-CHANGE as often as a quorum needs. */
    REPEAT_VIEW_CHANGE,
    /** As primary, names roots that execution does not give. */
    WRONG_ROOTS,
    /** As primary, proposes blocks of the future and of the past. */
    WRONG_TIMES,
    /** Changes other clients' requests. */
    FORGE_REQUESTS,
    /** As primary, floods with proposals for heights that nobody will reach. */
    FAR_FUTURE,
    /** Offers states that nobody certified, with another history, from long ago, or cut in absurd places. */
    LIE_IN_OFFERS,
    /** Offers states of a while ago that were certified, some lower than the asker's own, and sends nothing of them. */
    OFFER_OLD_STATES,
    /** Sends parts of a state that are damaged, cut short, or others than were asked for. */
    CORRUPT_CHUNKS,
    /** Offers a state and sends nothing of it. */
    WITHHOLD_CHUNKS,
    /** Says things that can be read and make no sense. */
    MALFORMED,
    /** As primary, puts requests into blocks that their clients never signed. */
    INVALID_REQUESTS,
    /** As primary, puts requests into blocks that were there before, or twice. */
    REPEAT_REQUESTS,
    /** In STATUS, claims to be in views that it is not in. */
    LIE_ABOUT_VIEWS,
    /** Starts view changes on its own suspicion alone. */
    TOO_FEW_SUSPECTS,
    /** As a new primary, goes on from the lowest tip that it has VIEW-CHANGEs for. */
    LOW_NEW_VIEW,
    /** As a new primary, reports in the NEW-VIEW what was prepared in that very view. */
    LATE_REPORT,
    /** Casts its votes in the views before and after too. */
    VOTE_ACROSS_VIEWS,
    /** Sends far more than it should of everything. */
    FLOOD,
    /** With all others that do: divides the honest replicas between two blocks, and votes for both. */
    COLLUDE,
    /** Is two honest replicas, of which each peer knows one or both. */
    TWINS,
    /** Keeps certificates that nobody else can make, for a later view. */
    HOARD,
    /** As primary, proposes no block that only brings the time. */
    STOP_TIME,
    /** As primary, hands over whenever it can, to anybody. */
    RESIGN_ALWAYS,
    /** As primary, hands over to itself, by way of all others. */
    RESIGN_TO_ITSELF,
    /** Resigns to views that are not the next, and says so again when they are over. */
    RESIGN_BEYOND,
    /** Resigns from views that have not begun. */
    RESIGN_AHEAD,
    /** Resigns in other primaries' names. */
    RESIGN_FOR_OTHERS;

    /** Those that leave a view by a resignation. */
    public static final List<Strategy> RESIGNING =
            List.of(RESIGN_ALWAYS, RESIGN_TO_ITSELF, RESIGN_BEYOND, RESIGN_AHEAD, RESIGN_FOR_OTHERS);

    EffectRewriter rewriter(Insider insider) {
        return switch (this) {
            case SILENT -> Silences.dropping(_ -> true);
            case WITHHOLD_VOTES -> Silences.dropping(Silences::isVote);
            case WITHHOLD_COMMITS -> Silences.dropping(Silences::isCommit);
            case SELECTIVE -> Silences.dropping(_ -> insider.random().nextInt(3) == 0);
            case PARTIAL -> Silences.towardsLowerHalf(insider);
            case CENSOR -> new Silences.Censor();
            case EQUIVOCATE -> new Equivocator(insider, false);
            case PROPOSE_TWICE -> new Equivocator(insider, true);
            case PROPOSE_ANEW -> new ProposerAnew(insider);
            case FORK -> new Forker(insider);
            case CLING -> new Clinger(insider);
            case VOTE_FOR_ALL -> new VoterForAll(insider);
            case LIE_ABOUT_HEIGHTS -> new Lies(insider, Lies::aboutHeights);
            case LIE_TO_READERS -> new Lies(insider, Lies::toReaders);
            case HIDE_PREPARED -> new Lies(insider, Lies::hidingPrepared);
            case STALE_VIEW_CHANGE -> new Lies(insider, Lies::stale);
            case SPLIT_NEW_VIEW -> new NewViewSplitter(insider);
            case SUSPECT_ALWAYS -> new Suspecter(insider);
            case DAWDLE -> new Echoes.Dawdler(insider);
            case REPLAY -> new Echoes.Replayer(insider);
            case FORGE_CERTIFICATES -> new Forger(insider, Forger::certificates);
            case REPEAT_VIEW_CHANGE -> new Forger(insider, Forger::repeatedViewChange);
            case WRONG_ROOTS -> new Forger(insider, Forger::wrongRoots);
            case WRONG_TIMES -> new Forger(insider, Forger::wrongTimes);
            case FORGE_REQUESTS -> new Forger.Requests(insider);
            case FAR_FUTURE -> new Forger(insider, Forger::farFuture);
            case LIE_IN_OFFERS -> new SnapshotLies.Offers(insider);
            case OFFER_OLD_STATES -> new SnapshotLies.OldOffers(insider);
            case CORRUPT_CHUNKS -> new SnapshotLies.Chunks(insider);
            case WITHHOLD_CHUNKS -> Silences.dropping(send -> send.message() instanceof Message.Chunk);
            case MALFORMED -> new Malformer(insider);
            case INVALID_REQUESTS -> new ShadowChain(insider, ShadowChain::falsifying);
            case REPEAT_REQUESTS -> new ShadowChain(insider, ShadowChain::repeating);
            case LIE_ABOUT_VIEWS -> new Lies(insider, Lies::aboutViews);
            case TOO_FEW_SUSPECTS -> new Restless.HastyLeaver(insider);
            case LOW_NEW_VIEW -> new NewViewChooser(insider, NewViewChooser::lowest);
            case LATE_REPORT -> new NewViewChooser(insider, NewViewChooser::late);
            case VOTE_ACROSS_VIEWS -> new Restless.VoterAcrossViews(insider);
            case FLOOD -> new Flooder(insider);
            case COLLUDE -> new Conspirator(insider);
            case TWINS -> new Twins(insider);
            case HOARD -> new Hoarder(insider);
            case STOP_TIME -> Silences.dropping(Silences::isWithoutRequests);
            case RESIGN_ALWAYS -> new Resigner(insider, Resigner::always);
            case RESIGN_TO_ITSELF -> new Resigner(insider, Resigner::toItself);
            case RESIGN_BEYOND -> new Resigner(insider, Resigner::beyond);
            case RESIGN_AHEAD -> new Resigner(insider, Resigner::ahead);
            case RESIGN_FOR_OTHERS -> new Resigner(insider, Resigner::inAnothersName);
        };
    }
}

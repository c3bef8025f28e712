package dev.cairn.runtime;

import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Vote;

/** Kinds of traffic with a budget each, most urgent first, so that bulk never holds up votes. */
enum Lane {
    /** Votes, view changes, STATUS, questions: small, and what everything else waits for. */
    CONTROL,
    BLOCKS,
    FORWARDS,
    /** Answers to fetches. */
    FETCHES;

    static Lane of(Message message) {
        return switch (message) {
            case Vote _ -> CONTROL;
            case Message.Suspect _, Message.ViewChange _, Message.NewView _, Message.Status _ -> CONTROL;
            case Message.ReadIndexQuery _, Message.ReadIndexAnswer _ -> CONTROL;
            case Message.WitnessQuery _, Message.WitnessAnswer _ -> CONTROL;
            case Message.FetchBlocks _, Message.FetchBody _ -> CONTROL;
            case Message.FetchSnapshot _, Message.FetchChunk _, Message.NoSnapshot _ -> CONTROL;
            case Message.PrePrepare _ -> BLOCKS;
            case Message.Forward _ -> FORWARDS;
            case Message.Blocks _, Message.Body _, Message.SnapshotOffer _, Message.Chunk _ -> FETCHES;
        };
    }
}

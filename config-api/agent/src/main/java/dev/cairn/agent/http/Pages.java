package dev.cairn.agent.http;

/** Answers requests. Called on a virtual thread of the request's own, so it may block. */
public interface Pages {
    Reply answer(Query query) throws Problem, InterruptedException;
}

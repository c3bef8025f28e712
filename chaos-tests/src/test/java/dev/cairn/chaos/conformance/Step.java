package dev.cairn.chaos.conformance;

import com.google.protobuf.Message;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;

/** One thing that a client does. Revisions may be {@link Moment}s. */
sealed interface Step {

    /** A call with one answer. */
    record Call(Message request) implements Step {
        @Override
        public String toString() {
            return Texts.of(request);
        }
    }

    /** A range that is answered in parts. */
    record StreamedRange(RangeRequest request) implements Step {
        @Override
        public String toString() {
            return "streamed " + Texts.of(request);
        }
    }

    /** Renews a lease. */
    record KeepAlive(LeaseKeepAliveRequest request) implements Step {
        @Override
        public String toString() {
            return Texts.of(request);
        }
    }

    /** What follows is asked by that user, once both have let them in; by whoever asked before if they do not. */
    record SignIn(AuthenticateRequest request) implements Step {
        @Override
        public String toString() {
            return Texts.of(request);
        }
    }

    /** What follows is asked by nobody. */
    record SignOut() implements Step {
        @Override
        public String toString() {
            return "sign out";
        }
    }

    /** Creates a watch on one of the client's streams. */
    record Watch(int stream, WatchCreateRequest request) implements Step {
        @Override
        public String toString() {
            return "stream " + stream + ": " + Texts.of(request);
        }
    }

    /** Cancels a watch, which need not be there. */
    record CancelWatch(int stream, long id) implements Step {
        @Override
        public String toString() {
            return "stream " + stream + ": cancel " + id;
        }
    }
}

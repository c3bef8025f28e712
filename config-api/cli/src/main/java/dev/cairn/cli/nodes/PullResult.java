package dev.cairn.cli.nodes;

import dev.cairn.genesis.json.Json;
import dev.cairn.protocol.model.Bytes;
import java.util.Map;
import java.util.Optional;

/**
 * What a node's last {@code cairn-pull} came to, in its own words: proven is who may write it, not that it is so.
 *
 * @param revision of the repository, where it got to know one
 * @param converged when it last was what the repository says, if ever
 */
record PullResult(String repository, Status status, Optional<Long> revision, String at, Optional<Converged> converged) {
    enum Status {
        CONVERGED("converged"),
        UNCHANGED("unchanged"),
        FAILED("failed"),
        NOTHING_RAN("nothing-ran"),
        UNREAD("unread");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        boolean isGood() {
            return this == CONVERGED || this == UNCHANGED;
        }

        private static Status of(String word) throws Json.MalformedException {
            for (Status each : values()) {
                if (each.word.equals(word)) {
                    return each;
                }
            }
            throw new Json.MalformedException("no status \"" + word + "\" is known");
        }
    }

    record Converged(long revision, String at) {}

    /** Reads what {@code cairn-pull} writes; fields that are not known are left out, so that it can learn new ones. */
    static PullResult parse(Bytes value) throws Json.MalformedException {
        Fields line = new Fields(Json.parse(value.toUtf8()));
        Optional<Json> converged = line.find("converged");
        return new PullResult(
                line.text("repository"),
                Status.of(line.text("status")),
                line.find("revision").isPresent() ? Optional.of(line.whole("revision")) : Optional.empty(),
                line.text("at"),
                converged.isPresent() ? Optional.of(converged(new Fields(converged.get()))) : Optional.empty());
    }

    private static Converged converged(Fields fields) throws Json.MalformedException {
        return new Converged(fields.whole("revision"), fields.text("at"));
    }

    private record Fields(Map<String, Json> values) {
        private Fields(Json json) throws Json.MalformedException {
            if (!(json instanceof Json.Fields(var values))) {
                throw new Json.MalformedException("an object was expected");
            }
            this(values);
        }

        Optional<Json> find(String name) {
            return Optional.ofNullable(values.get(name));
        }

        String text(String name) throws Json.MalformedException {
            if (values.get(name) instanceof Json.Text(var text)) {
                return text;
            }
            throw new Json.MalformedException("\"" + name + "\" is no text");
        }

        long whole(String name) throws Json.MalformedException {
            if (values.get(name) instanceof Json.Whole(var whole)) {
                return whole;
            }
            throw new Json.MalformedException("\"" + name + "\" is no whole number");
        }
    }
}

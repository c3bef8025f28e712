package dev.cairn.genesis;

import dev.cairn.genesis.GenesisFile.Member;
import dev.cairn.genesis.json.Json;
import dev.cairn.genesis.json.Json.MalformedException;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The spelling of a {@link GenesisFile}: JSON in one layout, fields in alphabetical order. */
final class GenesisFormat {
    private GenesisFormat() {}

    static String render(GenesisFile genesis) {
        Parameters parameters = genesis.parameters();
        List<Json> replicas = new ArrayList<>();
        for (Member member : genesis.replicas()) {
            replicas.add(Json.object()
                    .put("clientAddress", member.client().toString())
                    .put("id", replicas.size())
                    .put("peerAddress", member.peer().toString())
                    .put("tlsFingerprint", member.tlsFingerprint().toHex())
                    .put("voteKey", member.voteKey().toHex())
                    .build());
        }
        Json.Builder document = Json.object()
                .put("cluster", genesis.cluster())
                .put("created", genesis.created().toString())
                .put("format", GenesisFile.FORMAT)
                .put("governance", lines(genesis.governance()));
        if (!genesis.limits().equals(StoreLimits.DEFAULT)) {
            document.put("limits", limits(genesis.limits()));
        }
        return document.put(
                        "parameters",
                        Json.object()
                                .put("batchBytes", parameters.batchBytes())
                                .put("checkpointInterval", parameters.checkpointInterval())
                                .put("maxBlockBytes", parameters.maxBlockBytes())
                                .put("maxFutureNanos", parameters.maxFutureNanos())
                                .put("maxPastNanos", parameters.maxPastNanos())
                                .put("window", parameters.window())
                                .build())
                .put("replicas", replicas)
                .build()
                .render();
    }

    private static Json limits(StoreLimits limits) {
        return Json.object()
                .put("maxRequestBytes", limits.maxRequestBytes())
                .put("maxTxnOperations", limits.maxTxnOperations())
                .put("quotaBytes", limits.quotaBytes())
                .build();
    }

    /** The lines of its text, each of which ends with a line feed there. */
    private static List<Json> lines(Governance governance) {
        return governance.text().toUtf8().lines().map(Json::text).toList();
    }

    static GenesisFile parse(String document) throws MalformedException {
        Reader top = new Reader("", Json.parse(document));
        String format = top.text("format");
        if (!format.equals(GenesisFile.FORMAT)) {
            throw new MalformedException(
                    "format \"" + format + "\" is not " + GenesisFile.FORMAT + ", the only one this version reads");
        }
        try {
            GenesisFile genesis = new GenesisFile(
                    top.text("cluster"),
                    Instant.parse(top.text("created")),
                    parameters(new Reader("parameters.", top.field("parameters"))),
                    members(top.items("replicas")),
                    governance(top.items("governance")),
                    top.has("limits") ? limits(new Reader("limits.", top.field("limits"))) : StoreLimits.DEFAULT);
            top.end();
            return genesis;
        } catch (DateTimeParseException e) {
            throw new MalformedException("field created is not a time such as 2026-01-31T12:00:00Z");
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
        }
    }

    private static Parameters parameters(Reader fields) throws MalformedException {
        Parameters parameters = new Parameters(
                fields.count("window"),
                fields.count("checkpointInterval"),
                fields.count("maxBlockBytes"),
                fields.count("batchBytes"),
                fields.whole("maxFutureNanos"),
                fields.whole("maxPastNanos"));
        fields.end();
        return parameters;
    }

    private static StoreLimits limits(Reader fields) throws MalformedException {
        StoreLimits limits = new StoreLimits(
                fields.whole("quotaBytes"), fields.count("maxTxnOperations"), fields.count("maxRequestBytes"));
        fields.end();
        return limits;
    }

    private static List<Member> members(List<Json> items) throws MalformedException {
        List<Member> members = new ArrayList<>();
        for (Json item : items) {
            Reader fields = new Reader("replicas[" + members.size() + "].", item);
            if (fields.whole("id") != members.size()) {
                throw new MalformedException("field " + fields.path + "id is not " + members.size()
                        + "; replicas stand in the order of their ids, from 0");
            }
            members.add(new Member(
                    fields.address("clientAddress"),
                    fields.address("peerAddress"),
                    Digest.of(fields.bytes("tlsFingerprint")),
                    Bytes.wrap(fields.bytes("voteKey"))));
            fields.end();
        }
        return members;
    }

    private static Governance governance(List<Json> lines) throws MalformedException {
        StringBuilder text = new StringBuilder();
        for (Json line : lines) {
            if (!(line instanceof Json.Text(String value))) {
                throw new MalformedException("field governance is not a list of lines, each in quotes");
            }
            text.append(value).append('\n');
        }
        try {
            return Governance.parse(Bytes.utf8(text.toString()));
        } catch (ChangeException e) {
            throw new MalformedException("field governance: " + e.getMessage());
        }
    }

    /** Refuses a document that says the right thing in another spelling, and shows the first line that differs. */
    static void requireSame(byte[] document, byte[] canonical) throws MalformedException {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.max(document.length, canonical.length); i++) {
            if (i >= document.length || i >= canonical.length || document[i] != canonical[i]) {
                throw new MalformedException("line " + line + ", column " + column
                        + ": not spelled the one way a genesis document is (order of fields, blanks, line ends)");
            }
            column = document[i] == '\n' ? 1 : column + 1;
            line += document[i] == '\n' ? 1 : 0;
        }
    }

    /** Takes fields out of one object; each must be there, be of its type, and be taken by {@link #end}. */
    private static final class Reader {
        private final String path;
        private final Map<String, Json> fields;
        private final Set<String> taken = new HashSet<>();

        Reader(String path, Json value) throws MalformedException {
            if (!(value instanceof Json.Fields object)) {
                throw new MalformedException(
                        path.isEmpty() ? "the document is not a JSON object" : "field " + path + " is not an object");
            }
            this.path = path;
            this.fields = object.values();
        }

        boolean has(String name) {
            return fields.containsKey(name);
        }

        Json field(String name) throws MalformedException {
            Json value = fields.get(name);
            if (value == null) {
                throw new MalformedException("field " + path + name + " is missing");
            }
            taken.add(name);
            return value;
        }

        String text(String name) throws MalformedException {
            if (field(name) instanceof Json.Text(String value)) {
                return value;
            }
            throw new MalformedException("field " + path + name + " is not text in quotes");
        }

        long whole(String name) throws MalformedException {
            if (field(name) instanceof Json.Whole(long value) && value >= 0) {
                return value;
            }
            throw new MalformedException("field " + path + name + " is not a whole number from 0");
        }

        int count(String name) throws MalformedException {
            long value = whole(name);
            if (value > Integer.MAX_VALUE) {
                throw new MalformedException("field " + path + name + " is above " + Integer.MAX_VALUE);
            }
            return (int) value;
        }

        List<Json> items(String name) throws MalformedException {
            if (field(name) instanceof Json.Items items) {
                return items.values();
            }
            throw new MalformedException("field " + path + name + " is not a list");
        }

        HostPort address(String name) throws MalformedException {
            try {
                return HostPort.parse(text(name));
            } catch (IllegalArgumentException e) {
                throw new MalformedException("field " + path + name + ": " + e.getMessage());
            }
        }

        byte[] bytes(String name) throws MalformedException {
            String hex = text(name);
            try {
                byte[] bytes = HexFormat.of().parseHex(hex);
                if (bytes.length == Digest.BYTES) {
                    return bytes;
                }
            } catch (IllegalArgumentException e) {
                // said below
            }
            throw new MalformedException("field " + path + name + " is not 64 hexadecimal digits");
        }

        void end() throws MalformedException {
            for (String name : fields.keySet()) {
                if (!taken.contains(name)) {
                    throw new MalformedException("field " + path + name + " is unknown to this version");
                }
            }
        }
    }
}

package dev.cairn.chaos.real;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares what a document shows with what is seen. Times, digests, keys and ports differ from run to run; all else must be
 * the same. A digest or key of the document stands for one that was seen, always the same one, and none for two of them.
 */
final class Likeness {
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";
    private static final String DIGEST = "\\b[0-9a-f]{8}(?:…|[0-9a-f]{56}\\b|\\b)";
    private static final String FINGERPRINT = "SHA256:[A-Za-z0-9+/]{8}…";
    private static final String PUBLIC_KEY = "AAAA[A-Za-z0-9+/]{8,}…";
    private static final String PORT = "127\\.0\\.0\\.1:(?<port>\\d+)";
    private static final Pattern VARIABLE = Pattern.compile("(?<time>" + TIME + ")|(?<digest>" + DIGEST
            + ")|(?<fingerprint>" + FINGERPRINT + ")|(?<key>" + PUBLIC_KEY + ")|" + PORT);
    private static final Pattern SHORT_DIGEST = Pattern.compile("\\b[0-9a-f]{8}\\b");
    private static final Pattern ADDRESS = Pattern.compile("(127\\.0\\.0\\.1:|--base-port )(\\d+)");
    private static final int SHORT = 8;

    private final int documentsPort;
    private final int port;
    private final Map<String, String> seenFor = new HashMap<>();

    /** @param documentsPort the lowest port in the document, which {@code port} stands for; all others are as far above */
    Likeness(int documentsPort, int port) {
        this.documentsPort = documentsPort;
        this.port = port;
    }

    /** A command of the document, with the digests and ports of this run. */
    String typed(String command) {
        String ported =
                ADDRESS.matcher(command).replaceAll(found -> found.group(1) + here(Integer.parseInt(found.group(2))));
        return SHORT_DIGEST.matcher(ported).replaceAll(found -> {
            String seen = seenFor.get(found.group());
            return seen == null ? found.group() : seen.substring(0, SHORT);
        });
    }

    /** How the first line that differs does; nothing if all are alike. */
    Optional<String> difference(List<String> expected, List<String> seen) {
        for (int i = 0; i < Math.max(expected.size(), seen.size()); i++) {
            if (i >= seen.size()) {
                return Optional.of("no more lines are seen, and expected is: " + expected.get(i));
            }
            if (i >= expected.size()) {
                return Optional.of("no line is expected, and seen is: " + seen.get(i));
            }
            if (!isAlike(expected.get(i), seen.get(i))) {
                return Optional.of("expected is: " + expected.get(i) + "\nand seen is:  " + seen.get(i));
            }
        }
        return Optional.empty();
    }

    private boolean isAlike(String expected, String seen) {
        Matcher variables = VARIABLE.matcher(expected);
        int inExpected = 0;
        int inSeen = 0;
        while (variables.find()) {
            String before = expected.substring(inExpected, variables.start());
            if (!seen.startsWith(before, inSeen)) {
                return false;
            }
            inSeen += before.length();
            Matcher value = shape(variables).matcher(seen).region(inSeen, seen.length());
            if (!value.lookingAt() || !stands(variables, value.group())) {
                return false;
            }
            inSeen = value.end();
            inExpected = variables.end();
        }
        return seen.substring(inSeen).equals(expected.substring(inExpected));
    }

    private static Pattern shape(Matcher variable) {
        if (variable.group("time") != null) {
            return Pattern.compile(TIME);
        }
        if (variable.group("digest") != null) {
            return Pattern.compile(
                    variable.group("digest").length() == SHORT ? "[0-9a-f]{8}(?![0-9a-f])" : "[0-9a-f]{64}");
        }
        if (variable.group("fingerprint") != null) {
            return Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");
        }
        return Pattern.compile(variable.group("key") != null ? "AAAA[A-Za-z0-9+/]+=*" : "127\\.0\\.0\\.1:\\d+");
    }

    private boolean stands(Matcher variable, String seen) {
        if (variable.group("time") != null) {
            return true;
        }
        if (variable.group("port") != null) {
            return seen.equals("127.0.0.1:" + here(Integer.parseInt(variable.group("port"))));
        }
        boolean isDigest = variable.group("digest") != null;
        String name = isDigest ? variable.group().substring(0, SHORT) : variable.group();
        return isTheOne(name, isDigest ? seen.substring(0, SHORT) : seen);
    }

    private int here(int portOfDocument) {
        return port + portOfDocument - documentsPort;
    }

    private boolean isTheOne(String name, String seen) {
        String before = seenFor.putIfAbsent(name, seen);
        Set<String> distinct = new HashSet<>(seenFor.values());
        return (before == null || before.equals(seen)) && distinct.size() == seenFor.size();
    }
}

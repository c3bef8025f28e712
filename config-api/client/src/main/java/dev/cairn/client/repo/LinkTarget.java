package dev.cairn.client.repo;

import java.util.Arrays;
import java.util.List;

/**
 * Where links may lead. A target begins with as many {@code ..} as it likes and has none behind them, so it goes up only
 * through directories, which in a tree are no links, and down only into the tree: by induction that holds where links lead
 * to links, too.
 */
final class LinkTarget {
    private static final int MAX_CHARACTERS = 4095;

    private LinkTarget() {}

    static void require(TreePath link, String target) throws TreeException {
        if (target.isEmpty() || target.length() > MAX_CHARACTERS || target.startsWith("/")) {
            throw link.refused("the link leads to \"" + target + "\"; make it a relative path inside the tree");
        }
        List<String> parts = Arrays.stream(target.split("/", -1))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .toList();
        int up = 0;
        while (up < parts.size() && parts.get(up).equals("..")) {
            up++;
        }
        if (up > link.directories().size()) {
            throw link.refused("the link leads out of the tree, to \"" + target + "\"");
        }
        if (parts.subList(up, parts.size()).contains("..")) {
            throw link.refused("the link has a \"..\" behind a name, in \"" + target + "\"; write it without");
        }
        for (String part : parts.subList(up, parts.size())) {
            TreePath.requirePart(link.text(), part);
        }
    }
}

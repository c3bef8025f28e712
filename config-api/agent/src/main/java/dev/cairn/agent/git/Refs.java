package dev.cairn.agent.git;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdRef;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.SymbolicRef;

/**
 * What git is told there is: HEAD, which is the branch {@code main}, and a tag for each publication.
 *
 * @param head what the repository is now; the newest tag names it too, unless keys were deleted since
 * @param tags by their revisions: what the repository was then
 */
record Refs(ObjectId head, SortedMap<Long, ObjectId> tags) {
    private static final String BRANCH = Constants.R_HEADS + "main";
    private static final String TAG = Constants.R_TAGS + "rev-";

    Refs {
        tags = new TreeMap<>(tags);
    }

    /** As git lists them. */
    Map<String, Ref> advertised() {
        Map<String, Ref> refs = new LinkedHashMap<>();
        Ref main = ref(BRANCH, head);
        refs.put(Constants.HEAD, new SymbolicRef(Constants.HEAD, main));
        refs.put(BRANCH, main);
        tags.forEach((revision, commit) -> refs.put(TAG + revision, ref(TAG + revision, commit)));
        return refs;
    }

    private static Ref ref(String name, ObjectId commit) {
        return new ObjectIdRef.PeeledNonTag(Ref.Storage.PACKED, name, commit);
    }
}

/** Repositories as git's objects, each host the same, and git's protocol in front of them. docs/decisions/0021-git.md says why so. */
@NullMarked
package dev.cairn.agent.git;

import org.jspecify.annotations.NullMarked;

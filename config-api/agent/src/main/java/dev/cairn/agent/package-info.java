/**
 * The agent of one node: follows the pinned chain, and gives the programs beside it configuration that was verified before
 * they see it.
 */
@NullMarked
package dev.cairn.agent;

import org.jspecify.annotations.NullMarked;

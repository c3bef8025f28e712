/** Coming over from etcd: what a snapshot of one holds is written into a cluster. */
@NullMarked
package dev.cairn.cli.imports;

import org.jspecify.annotations.NullMarked;

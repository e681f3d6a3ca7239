/**
 * Conformance kits: abstract test classes that whoever writes a storage or a transport extends.
 * What the interfaces of {@code io.bowline.raft.storage} and {@code .transport} ask is held case by
 * case; docs/testing/conformance.md lists the rules. This package needs JUnit's API on the class
 * path, which is an optional dependency of the module. Begin with {@link
 * io.bowline.raft.testkit.junit.conformance.StorageConformance} or {@link
 * io.bowline.raft.testkit.junit.conformance.TransportConformance}.
 */
@NullMarked
package io.bowline.raft.testkit.junit.conformance;

import org.jspecify.annotations.NullMarked;

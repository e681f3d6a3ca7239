package io.bowline.raft.storage;

import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.StartPair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an open directory knows of itself and of others beside ballot and log: identity and peers,
 * each a small file that is replaced as a whole (STORAGE F7). Safe from any thread; each change is
 * durable when its call returns.
 */
final class DirectoryRecords {
  private final Disk disk;
  private final Path directory;
  private final Poison poison;
  private final Map<Incarnation, StartPair> peers;
  private volatile Identity identity;
  private boolean closed;

  DirectoryRecords(
      Disk disk,
      Path directory,
      Poison poison,
      Identity identity,
      Map<Incarnation, StartPair> peers) {
    this.disk = disk;
    this.directory = directory;
    this.poison = poison;
    this.identity = identity;
    this.peers = new LinkedHashMap<>(peers);
  }

  Identity identity() {
    return identity;
  }

  /** Goes on in the founding (identity 2 to 4). */
  synchronized void saveFounding(Founding next) throws StorageException {
    replace(identity.movedTo(next));
  }

  /** Never opened again by this incarnation, and nothing is written any more (identity 12). */
  synchronized void fence(String why) throws StorageException {
    replace(identity.fencedBecause(why));
    poison.by(new StorageException(directory + " is fenced: " + identity.fence()));
  }

  private void replace(Identity next) throws StorageException {
    write(IdentityFile.NEXT, IdentityFile.NAME, IdentityFile.encode(next));
    identity = next;
  }

  synchronized Map<Incarnation, StartPair> remembered() {
    return Map.copyOf(peers);
  }

  synchronized void remember(Incarnation of, StartPair pair) throws StorageException {
    if (pair.equals(peers.get(of))) {
      return;
    }
    PeersFile.requireRoom(peers, of, pair);
    Map<Incarnation, StartPair> next = new LinkedHashMap<>(peers);
    next.put(of, pair);
    write(PeersFile.NEXT, PeersFile.NAME, PeersFile.encode(identity.incarnation(), next));
    peers.put(of, pair);
  }

  private void write(String temp, String name, byte[] bytes) throws StorageException {
    if (closed) {
      throw new StorageException(directory + " is closed: " + name + " stays as it is");
    }
    try {
      Path next = directory.resolve(temp);
      WholeFile.write(disk, next, bytes);
      WholeFile.publish(disk, next, directory.resolve(name));
    } catch (IOException e) {
      throw StorageException.of(directory.resolve(name) + " cannot be replaced", e);
    }
  }

  /** From now on nothing is written. */
  synchronized void close() {
    closed = true;
  }
}

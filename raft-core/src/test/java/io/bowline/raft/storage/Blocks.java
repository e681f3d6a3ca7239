package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Finds blocks in a segment's bytes, and spoils them. */
final class Blocks {
  private Blocks() {}

  /** All headers at multiples of 512 bytes that are intact. */
  static List<Block> of(byte[] segment) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN);
    List<Block> blocks = new ArrayList<>();
    for (int at = 512; at + Block.HEADER_BYTES <= segment.length; at += 512) {
      Block block = Block.decode(in, at, at, new CRC32C());
      if (block != null) {
        blocks.add(block);
      }
    }
    return blocks;
  }

  static List<Block> of(CrashDisk disk, long segment) throws IOException {
    return of(disk.content(Fixture.segment(segment)));
  }

  /** Puts another header into the place of a block's, its checksum right. */
  static void replace(CrashDisk disk, long segment, Block block) {
    Path path = Fixture.segment(segment);
    byte[] bytes = disk.content(path).clone();
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    block.encode(out.position((int) block.offset()));
    disk.spoil(path, bytes);
  }

  /** Flips one bit. */
  static void flip(CrashDisk disk, Path file, long at) {
    byte[] bytes = disk.content(file).clone();
    bytes[(int) at] ^= 0x10;
    disk.spoil(file, bytes);
  }

  /** Zeroes a range. */
  static void zero(CrashDisk disk, Path file, long from, long to) {
    byte[] bytes = disk.content(file).clone();
    java.util.Arrays.fill(bytes, (int) from, (int) Math.min(to, bytes.length), (byte) 0);
    disk.spoil(file, bytes);
  }
}

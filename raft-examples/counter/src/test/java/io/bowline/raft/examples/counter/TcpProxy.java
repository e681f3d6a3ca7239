package io.bowline.raft.examples.counter;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One link of a network: carries the connections that one node dials to another. While held it
 * delivers nothing, in neither direction, and keeps what it has: what a split looks like to TCP,
 * which sends it all again when the split heals.
 */
final class TcpProxy implements AutoCloseable {
  private final InetSocketAddress target;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger dialled = new AtomicInteger();
  private boolean held; // guarded by this
  private volatile boolean refused;
  private volatile long life = Long.MAX_VALUE;
  private volatile boolean closed;

  TcpProxy(InetSocketAddress target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon("accept", this::accept);
  }

  /** Where the dialling node must go. */
  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** From the return of this on nothing passes. */
  synchronized void hold() {
    held = true;
  }

  /** New connections are refused. */
  void refuse() {
    refused = true;
  }

  /** Connections are reset once they have carried so many bytes one way. */
  void dieAfter(long bytes) {
    life = bytes;
  }

  /** How often somebody has connected. */
  int dialled() {
    return dialled.get();
  }

  /** Delivers what was kept and goes on; connections live. */
  synchronized void release() {
    held = false;
    refused = false;
    life = Long.MAX_VALUE;
    notifyAll();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    release();
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket near = listener.accept();
        dialled.incrementAndGet();
        if (refused) {
          reset(near);
          continue;
        }
        sockets.add(near);
        daemon("dial", () -> dial(near));
      }
    } catch (IOException e) {
      // the listener was closed: no more connections
    }
  }

  private void dial(Socket near) {
    Socket far = new Socket();
    sockets.add(far);
    try {
      awaitRelease(); // a SYN does not pass either
      far.connect(target, 1_000);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      daemon("back", () -> pump(far, near));
      pump(near, far);
    } catch (IOException e) {
      drop(near, far); // nobody listens there
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[64 << 10];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      long carried = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        long most = Math.max(0, life - carried);
        deliver(out, buffer, (int) Math.min(n, most));
        carried += n;
        if (n >= most) {
          reset(from, to);
        }
      }
      awaitRelease(); // a FIN does not pass a split either
    } catch (IOException e) {
      // one side is gone: the other learns it below
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    drop(from, to);
  }

  /** Under the lock, so that nothing is on its way any more when {@link #hold} returns. */
  private synchronized void deliver(OutputStream out, byte[] bytes, int length)
      throws IOException, InterruptedException {
    while (held && !closed) {
      wait();
    }
    out.write(bytes, 0, length);
  }

  private synchronized void awaitRelease() throws InterruptedException {
    while (held && !closed) {
      wait();
    }
  }

  /** Both ends are told that the connection is gone. */
  private void reset(Socket... ends) throws IOException {
    for (Socket socket : ends) {
      sockets.remove(socket);
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    }
  }

  private void drop(Socket... pair) {
    for (Socket socket : pair) {
      sockets.remove(socket);
      try {
        socket.close();
      } catch (IOException e) {
        // it is closed, which is all that was wanted
      }
    }
  }

  private void daemon(String what, Runnable task) {
    Thread thread = new Thread(task, "proxy to " + target + " " + what);
    thread.setDaemon(true);
    thread.start();
  }
}

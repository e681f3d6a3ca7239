package io.bowline.raft.testkit.junit.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A relay between two ports of this machine that can be held, connection by connection, or cut. */
final class TcpCable implements Cable {
  private static final int BUFFER = 16 << 10;

  private final ServerSocket server;
  private final int port;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Object valve = new Object();
  private long heldAfterBytes = Long.MAX_VALUE;
  private boolean closed;

  TcpCable(String target) throws IOException {
    this.port = Integer.parseInt(target.substring(target.lastIndexOf(':') + 1));
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread(this::accept);
  }

  @Override
  public String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  @Override
  public void holdAfter(long bytes) {
    synchronized (valve) {
      heldAfterBytes = bytes;
      valve.notifyAll();
    }
  }

  @Override
  public void cut() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  private interface IoTask {
    void run() throws IOException, InterruptedException;
  }

  private static void thread(IoTask task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException | InterruptedException over) {
                // the connection has ended, and so does the thread
              }
            },
            "conformance-cable");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket in = server.accept();
      try {
        Socket out = new Socket(InetAddress.getLoopbackAddress(), port);
        in.setTcpNoDelay(true);
        out.setTcpNoDelay(true);
        sockets.add(in);
        sockets.add(out);
        thread(() -> pump(in, out));
        thread(() -> pump(out, in));
      } catch (IOException e) {
        in.close();
      }
    }
  }

  private void pump(Socket from, Socket to) throws IOException, InterruptedException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER];
      long passed = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        passed += n;
        awaitOpen(passed);
        out.write(buffer, 0, n);
      }
    }
  }

  private void awaitOpen(long passed) throws InterruptedException, IOException {
    synchronized (valve) {
      while (passed > heldAfterBytes && !closed) {
        valve.wait();
      }
      if (closed) {
        throw new IOException("closed");
      }
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (valve) {
      closed = true;
      valve.notifyAll();
    }
    server.close();
    cut();
  }
}

package io.bowline.raft.examples.bench;

import io.bowline.raft.examples.lab.ParentLink;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import java.io.IOException;

/** The echo's server process; its port is its one argument. */
final class EchoMain {
  private EchoMain() {}

  public static void main(String[] args) throws IOException {
    Server server =
        Grpc.newServerBuilderForPort(Integer.parseInt(args[0]), InsecureServerCredentials.create())
            .directExecutor()
            .maxInboundMessageSize(EchoLimit.MAX_MESSAGE_BYTES)
            .addService(Echo.service())
            .build()
            .start();
    ParentLink.serve(question -> "listening");
    server.shutdownNow();
  }
}

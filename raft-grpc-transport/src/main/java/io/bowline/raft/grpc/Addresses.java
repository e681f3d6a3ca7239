package io.bowline.raft.grpc;

import com.google.common.net.InetAddresses;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How gRPC finds {@code host:port}: whatever {@link HostPort} reads can be dialled, IPv6 literals
 * and names with an underscore too, which its own resolver takes for no URI. A name is looked up on
 * a thread of its own, one look-up of a name at a time, so that a name server that never answers
 * keeps a thread for each name that it was asked for, and nobody waits.
 */
final class Addresses extends NameResolverProvider {
  /** Asks the system; may block. */
  @FunctionalInterface
  interface LookUp {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  private static final String SCHEME = "bowline";

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "bowline-names");
            thread.setDaemon(true);
            return thread;
          });

  private static final Map<String, CompletableFuture<InetAddress[]>> RUNNING =
      new ConcurrentHashMap<>();

  private static final AtomicInteger LOOK_UPS = new AtomicInteger();

  /** What a test puts in the place of the system. */
  static volatile LookUp system = InetAddress::getAllByName;

  static {
    NameResolverRegistry.getDefaultRegistry().register(new Addresses());
  }

  private Addresses() {}

  /** The target of a channel to that address. */
  static String target(String address) {
    try {
      return new URI(SCHEME, "", "/" + address, null).toString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("address '" + address + "' cannot be dialled", e);
    }
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
    if (!SCHEME.equals(target.getScheme())) {
      return null;
    }
    return new Resolver(HostPort.parse("address", target.getPath().substring(1)));
  }

  private static final class Resolver extends NameResolver {
    private final HostPort where;
    private volatile boolean isOver;

    Resolver(HostPort where) {
      this.where = where;
    }

    @Override
    public String getServiceAuthority() {
      return where.toString();
    }

    @Override
    public void start(Listener2 listener) {
      CompletableFuture<InetAddress[]> told =
          lookUp(where.host())
              .whenComplete(
                  (found, failure) -> {
                    if (!isOver) {
                      tell(listener, found, failure);
                    }
                  });
      assert told != null; // the listener hears of failures too
    }

    private void tell(
        Listener2 listener, InetAddress @Nullable [] found, @Nullable Throwable failure) {
      ResolutionResult.Builder result = ResolutionResult.newBuilder();
      if (found != null) {
        result.setAddressesOrError(StatusOr.fromValue(inTurn(found)));
      } else {
        String why = failure == null ? "none was found" : Bounds.text(failure);
        result.setAddressesOrError(
            StatusOr.fromStatus(
                Status.UNAVAILABLE.withDescription(
                    "no address of " + where + " is known: " + why)));
      }
      listener.onResult(result.build());
    }

    /** An attempt may end before all of them were tried: each begins with another one. */
    private List<EquivalentAddressGroup> inTurn(InetAddress[] found) {
      List<InetAddress> turned = new ArrayList<>(Arrays.asList(found));
      Collections.rotate(turned, Math.floorMod(LOOK_UPS.getAndIncrement(), found.length));
      return turned.stream()
          .map(one -> new EquivalentAddressGroup(new InetSocketAddress(one, where.port())))
          .toList();
    }

    @Override
    public void shutdown() {
      isOver = true;
    }
  }

  private static CompletableFuture<InetAddress[]> lookUp(String host) {
    if (InetAddresses.isInetAddress(host)) {
      return CompletableFuture.completedFuture(new InetAddress[] {InetAddresses.forString(host)});
    }
    return RUNNING.computeIfAbsent(host, Addresses::begin);
  }

  private static CompletableFuture<InetAddress[]> begin(String host) {
    CompletableFuture<InetAddress[]> found = new CompletableFuture<>();
    THREADS.execute(
        () -> {
          try {
            InetAddress[] addresses = system.addresses(host);
            RUNNING.remove(host, found);
            found.complete(addresses);
          } catch (UnknownHostException | RuntimeException | Error e) {
            RUNNING.remove(host, found);
            found.completeExceptionally(e);
          }
        });
    return found;
  }
}

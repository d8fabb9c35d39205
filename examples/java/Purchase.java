// Authorizes a purchase, repeats the request, and reverses the purchase: as a payment switch does.
import com.benefits.v1.AuthorizationServiceGrpc;
import com.benefits.v1.AuthorizationServiceGrpc.AuthorizationServiceBlockingStub;
import com.benefits.v1.AuthorizeRequest;
import com.benefits.v1.ReverseRequest;
import com.google.gson.Gson;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

public final class Purchase {
  /** After these, the same request with the same id may be sent again. */
  private static final Set<Code> REPEATABLE =
      Set.of(Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED);

  @SuppressWarnings("unchecked")
  private static ManagedChannel openChannel() throws Exception {
    Map<String, String> env = System.getenv();
    String config = Files.readString(Path.of("examples/service-config.json"));
    return Grpc.newChannelBuilder(env.getOrDefault("BENEFITS_ADDRESS", "localhost:50051"), credentials(env))
        .defaultServiceConfig(new Gson().fromJson(config, Map.class))
        .enableRetry()
        .keepAliveTime(30, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .build();
  }

  /** TLS with the files in the environment, or plaintext. A certificate of the client is for mutual TLS. */
  private static ChannelCredentials credentials(Map<String, String> env) throws Exception {
    if (!env.containsKey("BENEFITS_TLS_CA")) return InsecureChannelCredentials.create();
    var tls = TlsChannelCredentials.newBuilder().trustManager(new File(env.get("BENEFITS_TLS_CA")));
    if (env.containsKey("BENEFITS_TLS_CERT"))
      tls.keyManager(new File(env.get("BENEFITS_TLS_CERT")), new File(env.get("BENEFITS_TLS_KEY")));
    return tls.build();
  }

  /** Repeats the same request until it is answered, or until the time is up. */
  private static <T> T untilAnswered(
      AuthorizationServiceBlockingStub service, Duration longest, Function<AuthorizationServiceBlockingStub, T> call)
      throws InterruptedException {
    long startNanos = System.nanoTime();
    while (true) {
      try {
        return call.apply(service.withDeadlineAfter(2, TimeUnit.SECONDS));
      } catch (StatusRuntimeException error) {
        boolean isOver = System.nanoTime() - startNanos > longest.toNanos();
        if (isOver || !REPEATABLE.contains(error.getStatus().getCode())) throw error;
        Thread.sleep(200);
      }
    }
  }

  /** Acquirer, transmission date and time, trace number: what a repeat and a reversal of the message have, too. */
  private static String id(String trace) {
    return "00012345678-" + System.currentTimeMillis() + "-" + trace;
  }

  public static void main(String[] args) throws Exception {
    Metadata token = new Metadata();
    Metadata.Key<String> name = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    token.put(name, "Bearer " + System.getenv("BENEFITS_TOKEN"));
    var channel = openChannel();
    var service = AuthorizationServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(token));
    var purchase = AuthorizeRequest.newBuilder()
        .setTransactionId(id("000123")).setAccountId("sandbox-paying")
        .setAmount(1_000).setMcc("5411").setMerchant("MERCADO BOM").build();
    var reversal = ReverseRequest.newBuilder()
        .setTransactionId(id("000124")).setAccountId(purchase.getAccountId())
        .setOriginalTransactionId(purchase.getTransactionId()).build();
    try {
      for (int attempt = 0; attempt < 2; attempt++) { // the second one is a repeat, which debits nothing
        var paid = untilAnswered(service, Duration.ofSeconds(5), stub -> stub.authorize(purchase));
        System.out.printf("authorized: %s %s from %s, replayed %b%n",
            paid.getCode(), paid.getReason(), paid.getCategory(), paid.getReplayed());
      }
    } finally {
      // Also after an error, when nothing is known to be decided. A real switch keeps the reversal in a queue.
      var back = untilAnswered(service, Duration.ofDays(1), stub -> stub.reverse(reversal));
      System.out.printf("reversed: %s %s, amount %d%n", back.getCode(), back.getReason(), back.getAmount());
      channel.shutdown();
    }
  }
}

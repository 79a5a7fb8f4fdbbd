import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The JDK's WebSocket client, which sends `Content-Length: 0` with its handshake. */
public final class WebSocketChecks {
  private static final String BASE = "ws://realtime.example.com.egress.local";

  public static void main(String[] args) {
    Checks.check("a message there and back", () -> {
      CompletableFuture<String> echo = new CompletableFuture<>();
      WebSocket socket = open("/v1/realtime", echo);
      socket.sendText("Grüße", true).join();
      Checks.equal(echo.get(5, TimeUnit.SECONDS), "Grüße");
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    });
    Checks.check("403 of the proxy", () -> {
      try {
        open("/v2/realtime", new CompletableFuture<>());
        throw new AssertionError("there was no error");
      } catch (CompletionException error) {
        Checks.equal(((WebSocketHandshakeException) error.getCause()).getResponse().statusCode(), 403);
      }
    });
    System.exit(0);
  }

  private static WebSocket open(String path, CompletableFuture<String> echo) {
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            echo.complete(text.toString());
            return null;
          }
        };
    return HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI.create(BASE + path), listener).join();
  }
}

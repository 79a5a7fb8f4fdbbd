package io.github.k8segress.client;

import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The JDK asks an HTTP proxy for a tunnel for a WebSocket, which the egress proxy does not give. */
final class EgressWebSocketBuilder implements WebSocket.Builder {
  private final WebSocket.Builder direct;
  private final Egress egress;

  EgressWebSocketBuilder(WebSocket.Builder direct, Egress egress) {
    this.direct = direct;
    this.egress = egress;
  }

  @Override
  public WebSocket.Builder header(String name, String value) {
    direct.header(name, value);
    return this;
  }

  @Override
  public WebSocket.Builder connectTimeout(Duration timeout) {
    direct.connectTimeout(timeout);
    return this;
  }

  @Override
  public WebSocket.Builder subprotocols(String mostPreferred, String... lesserPreferred) {
    direct.subprotocols(mostPreferred, lesserPreferred);
    return this;
  }

  @Override
  public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
    String host = egress.mapped(uri.getScheme(), uri.getHost(), uri.getPort());
    if (host == null) return direct.buildAsync(uri, listener);
    return CompletableFuture.failedFuture(new EgressException(
        "wss://" + host + " can't go through the egress proxy with java.net.http, which asks for a tunnel (CONNECT);"
            + " use OkHttp for it, or leave \"" + host + "\" out of EGRESS_HOSTS.",
        null));
  }
}

package io.github.k8segress.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What both clients do, against a server in the place of the egress proxy. */
abstract class WireTest {
  /** What the application sees. */
  record Found(int status, String url, String body) {
    FakeProxy.Request seen() {
      return new Gson().fromJson(body, FakeProxy.Request.class);
    }
  }

  /** Sends a request with the client under test. */
  interface Client {
    Found send(String method, String url, String body, Map<String, String> headers) throws Exception;

    default Found get(String url) throws Exception {
      return send("GET", url, null, Map.of());
    }
  }

  FakeProxy proxy;

  @BeforeEach
  void start() throws IOException {
    proxy = new FakeProxy();
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  /** A client with a cookie jar, redirects and, where given, proxies. */
  abstract Client client(Egress egress, ProxySelector proxies);

  /** How a target arrives: as a path or, with the same meaning to the proxy, as a URL. */
  abstract String target(String host, String path);

  static Egress egress(String domain, String hosts) {
    return new Egress(Map.of("EGRESS_DOMAIN", domain, "EGRESS_HOSTS", hosts));
  }

  Client client() {
    return client(egress("egress.local", ""), new Proxies());
  }

  @Test
  void sendsMethodPathBodyAndHostInTheClear() throws Exception {
    Found found = client().send("POST", "https://api.stripe.com/v1/a%2Fb?b=c", "amount=1", Map.of());
    assertEquals(200, found.status());
    assertEquals("https://api.stripe.com/v1/a%2Fb?b=c", found.url());
    FakeProxy.Request seen = found.seen();
    assertEquals("POST", seen.method());
    assertEquals(target("api.stripe.com", "/v1/a%2Fb?b=c"), seen.url());
    assertEquals(List.of("api.stripe.com"), seen.host());
    assertEquals("amount=1", seen.text());
  }

  @Test
  void keepsConnectionsAliveAndManyRequestsApart() throws Exception {
    Client client = client();
    for (int i = 0; i < 5; i++) client.get("https://api.stripe.com/first");
    assertEquals(1, proxy.connections.size());
    var threads = Executors.newFixedThreadPool(8);
    try {
      List<String> hosts = List.of("api.stripe.com", "files.example.com");
      List<Callable<Found>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String url = "https://" + hosts.get(i % 2) + "/" + i;
        all.add(() -> client.get(url));
      }
      List<Future<Found>> found = threads.invokeAll(all);
      for (int i = 0; i < 20; i++) {
        FakeProxy.Request seen = found.get(i).get().seen();
        assertEquals(List.of(hosts.get(i % 2)), seen.host());
        assertEquals(target(hosts.get(i % 2), "/" + i), seen.url());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void saysWhyANameDoesNotResolve() {
    Exception error = assertThrows(EgressException.class, () -> client().get("https://unlisted.example.com/"));
    assertEquals(EgressException.unresolved("unlisted.example.com", "egress.local"), error.getMessage());
  }

  @Test
  void goesOutDirectly() {
    for (Egress egress : List.of(egress("", ""), egress("egress.local", "other.example.com"))) {
      assertDirect(egress, "https://api.stripe.com/");
    }
    assertDirect(egress("egress.local", ""), "https://api.stripe.com:8443/");
    assertDirect(egress("egress.local", ""), "http://api.stripe.com/");
    assertTrue(proxy.seen.isEmpty());
  }

  private void assertDirect(Egress egress, String url) {
    Proxies proxies = new Proxies();
    Exception error = assertThrows(IOException.class, () -> client(egress, proxies).get(url));
    assertFalse(error instanceof EgressException, () -> error.toString());
    // It went the way that the client's own settings say.
    assertFalse(proxies.asked.isEmpty());
    proxies.asked.forEach(uri -> assertEquals("api.stripe.com", uri.getHost()));
  }

  @Test
  void asksNoProxyForMappedRequests() throws Exception {
    Proxies proxies = new Proxies();
    client(egress("egress.local", ""), proxies).get("https://api.stripe.com/");
    assertTrue(proxies.asked.isEmpty(), () -> proxies.asked.toString());
  }

  @Test
  void followsRedirects() throws Exception {
    for (var end : Map.of(
        "/start", "https://api.stripe.com/end",
        "/relative", "https://api.stripe.com/end",
        "/away", "https://files.example.com/end").entrySet()) {
      Found found = client().get("https://api.stripe.com" + end.getKey());
      assertEquals(200, found.status());
      assertEquals(end.getValue(), found.url());
      assertEquals(List.of(URI.create(end.getValue()).getHost()), found.seen().host());
    }
  }

  @Test
  void dropsAuthorizationOnTheWayToAnotherHost() throws Exception {
    Map<String, String> key = Map.of("Authorization", "Bearer k");
    assertEquals("Bearer k", client().send("GET", "https://api.stripe.com/start", null, key).seen().authorization());
    assertEquals(null, client().send("GET", "https://api.stripe.com/away", null, key).seen().authorization());
  }

  @Test
  void becomesGetAfter302AndKeepsTheBodyAfter307() throws Exception {
    FakeProxy.Request after302 = client().send("POST", "https://api.stripe.com/start", "a", Map.of()).seen();
    assertEquals("GET", after302.method());
    assertEquals("", after302.text());
    FakeProxy.Request after307 = client().send("POST", "https://api.stripe.com/relative", "a", Map.of()).seen();
    assertEquals("POST", after307.method());
    assertEquals("a", after307.text());
  }

  @Test
  void keepsCookiesAsThoseOfHttps() throws Exception {
    Client client = client();
    assertEquals("id=1", client.get("https://api.stripe.com/start").seen().cookie());
    assertEquals("id=1", client.get("https://api.stripe.com/again").seen().cookie());
    assertEquals(null, client.get("https://files.example.com/").seen().cookie());
  }

  /** A proxy that is not there, and who was asked for. */
  static final class Proxies extends ProxySelector {
    final List<URI> asked = new CopyOnWriteArrayList<>();

    @Override
    public List<Proxy> select(URI uri) {
      asked.add(uri);
      return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.example.com", 3128)));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException error) {
      // The client's error says it.
    }
  }
}

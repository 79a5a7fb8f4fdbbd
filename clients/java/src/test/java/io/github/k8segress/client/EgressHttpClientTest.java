package io.github.k8segress.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class EgressHttpClientTest extends WireTest {
  private HttpClient wrap(HttpClient client, Egress egress) {
    return EgressHttpClient.wrap(client, egress, proxy.port());
  }

  private static HttpClient.Builder builder() {
    CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
    return HttpClient.newBuilder().cookieHandler(cookies).followRedirects(Redirect.NORMAL);
  }

  @Override
  Client client(Egress egress, ProxySelector proxies) {
    HttpClient client = wrap(builder().proxy(proxies).build(), egress);
    return (method, url, body, headers) -> {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
          .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
      headers.forEach(request::header);
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return new Found(response.statusCode(), response.uri().toString(), response.body());
    };
  }

  @Override
  String target(String host, String path) {
    return "http://" + host + path;
  }

  @Test
  void sendsByHttp11WhateverTheRequestPrefers() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://api.stripe.com/")).version(Version.HTTP_2).build();
    HttpResponse<String> response =
        wrap(builder().build(), egress("egress.local", "")).send(request, BodyHandlers.ofString());
    assertEquals(Version.HTTP_1_1, response.version());
    assertSame(request, response.request());
  }

  @Test
  void tellsThePreviousResponse() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create("https://api.stripe.com/start")).build();
    HttpResponse<String> response =
        wrap(builder().build(), egress("egress.local", "")).send(request, BodyHandlers.ofString());
    assertEquals(302, response.previousResponse().orElseThrow().statusCode());
  }

  @Test
  void followsNoRedirectsWhereTheClientDoesNot() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create("https://api.stripe.com/start")).build();
    HttpResponse<String> response = wrap(HttpClient.newHttpClient(), egress("egress.local", ""))
        .send(request, BodyHandlers.ofString());
    assertEquals(302, response.statusCode());
    assertTrue(response.body().contains("/start"));
  }

  @Test
  void endsALoopOfRedirects() throws Exception {
    assertEquals(302, client().get("https://api.stripe.com/loop").status());
    assertEquals(6, proxy.seen.size());
  }

  @Test
  void saysThatAWebSocketCantGoThroughTheProxy() {
    var future = wrap(builder().build(), egress("egress.local", ""))
        .newWebSocketBuilder()
        .buildAsync(URI.create("wss://api.stripe.com/feed"), new WebSocket.Listener() {});
    Throwable cause = assertThrows(ExecutionException.class, future::get).getCause();
    assertInstanceOf(EgressException.class, cause);
    assertTrue(cause.getMessage().contains("wss://api.stripe.com"));
  }

  @Test
  void isTheSameClientWhereEgressDomainIsUnset() {
    HttpClient client = HttpClient.newHttpClient();
    assertSame(client, EgressHttpClient.wrap(client, new Egress(Map.of()), Egress.PORT));
  }
}

package io.github.k8segress.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ProtocolException;
import java.net.ProxySelector;
import java.net.UnknownServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import okhttp3.ConnectionSpec;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

class EgressOkHttpTest extends WireTest {
  private OkHttpClient.Builder builder() {
    return new OkHttpClient.Builder().cookieJar(new Jar()).proxySelector(new Proxies());
  }

  @Override
  Client client(Egress egress, ProxySelector proxies) {
    return sender(wrap(builder().proxySelector(proxies).build(), egress));
  }

  @Override
  String target(String host, String path) {
    return path;
  }

  private OkHttpClient wrap(OkHttpClient client, Egress egress) {
    return EgressOkHttp.wrap(client, egress, proxy.port());
  }

  private static Client sender(OkHttpClient client) {
    return (method, url, body, headers) -> {
      Request.Builder request =
          new Request.Builder().url(url).method(method, body == null ? null : RequestBody.create(body, null));
      headers.forEach(request::header);
      try (Response response = client.newCall(request.build()).execute()) {
        return new Found(response.code(), response.request().url().toString(), response.body().string());
      }
    };
  }

  @Test
  void sendsNothingWhereTheApplicationNamesAnotherHost() {
    Exception error = assertThrows(EgressException.class,
        () -> client().send("GET", "https://api.stripe.com/", null, Map.of("Host", "evil.example")));
    assertEquals(EgressException.otherHost("api.stripe.com", "evil.example"), error.getMessage());
    assertTrue(proxy.seen.isEmpty());
  }

  @Test
  void writesHostAsTheProxyComparesIt() throws Exception {
    for (String host : List.of("API.stripe.com", "api.stripe.com:443")) {
      Found found = client().send("GET", "https://api.stripe.com/", null, Map.of("Host", host));
      assertEquals(List.of("api.stripe.com"), found.seen().host());
    }
  }

  @Test
  void answersA401AsTheClientSays() throws Exception {
    OkHttpClient client = builder()
        .authenticator((route, response) -> response.request().newBuilder()
            .header("Authorization", Credentials.basic(response.request().url().host(), "p"))
            .build())
        .build();
    Found found = sender(wrap(client, egress("egress.local", ""))).get("https://api.stripe.com/password");
    assertEquals(Credentials.basic("api.stripe.com", "p"), found.seen().authorization());
  }

  @Test
  void followsNoRedirectsWhereTheClientDoesNot() throws Exception {
    OkHttpClient client = builder().followRedirects(false).build();
    Found found = sender(wrap(client, egress("egress.local", ""))).get("https://api.stripe.com/start");
    assertEquals(302, found.status());
    assertEquals("https://api.stripe.com/start", found.url());
  }

  @Test
  void endsALoopOfRedirects() {
    assertThrows(ProtocolException.class, () -> client().get("https://api.stripe.com/loop"));
    assertEquals(21, proxy.seen.size());
  }

  @Test
  void addsNoLeaveForTheApplicationsOwnHttp() throws Exception {
    OkHttpClient client = builder().connectionSpecs(List.of(ConnectionSpec.MODERN_TLS)).build();
    Client wrapped = sender(wrap(client, egress("egress.local", "")));
    assertEquals(200, wrapped.get("https://api.stripe.com/").status());
    assertThrows(UnknownServiceException.class, () -> wrapped.get("http://api.stripe.com/"));
  }

  @Test
  void interceptorsOfTheApplicationSeeHttps() throws Exception {
    List<String> seen = new ArrayList<>();
    OkHttpClient client = builder()
        .addInterceptor(chain -> {
          seen.add(chain.request().url().toString());
          return chain.proceed(chain.request());
        })
        .build();
    sender(wrap(client, egress("egress.local", ""))).get("https://api.stripe.com/v1");
    assertEquals(List.of("https://api.stripe.com/v1"), seen);
  }

  @Test
  void isTheSameClientWhereEgressDomainIsUnset() {
    OkHttpClient client = new OkHttpClient();
    assertSame(client, EgressOkHttp.wrap(client, new Egress(Map.of()), Egress.PORT));
  }

  /** Cookies in memory. */
  private static final class Jar implements CookieJar {
    private final List<Cookie> cookies = new ArrayList<>();

    @Override
    public synchronized void saveFromResponse(HttpUrl url, List<Cookie> found) {
      cookies.addAll(found);
    }

    @Override
    public synchronized List<Cookie> loadForRequest(HttpUrl url) {
      return cookies.stream().filter(cookie -> cookie.matches(url)).toList();
    }
  }
}

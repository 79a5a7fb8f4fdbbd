package io.github.k8segress.client;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownServiceException;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Authenticator;
import okhttp3.ConnectionSpec;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * For OkHttp. OkHttp holds a network interceptor to the host and port that are connected already, and an application
 * interceptor is above redirects and cookies. So the client's redirects, cookies and authentication are done by
 * application interceptors of their own, and the mapping is the last of these, below them.
 */
public final class EgressOkHttp {
  private EgressOkHttp() {}

  /**
   * A client like the given one whose mapped requests go to FOO.EGRESS_DOMAIN; the same one where EGRESS_DOMAIN is
   * unset. Add interceptors before: what is added to the result is below the mapping, and sees http.
   *
   * @throws EgressConfigException where a variable is wrong
   */
  public static OkHttpClient wrap(OkHttpClient client) {
    return wrap(client, Egress.fromEnvironment(), Egress.PORT);
  }

  static OkHttpClient wrap(OkHttpClient client, Egress egress, int port) {
    if (egress.domain() == null) return client;
    boolean cleartext = client.connectionSpecs().contains(ConnectionSpec.CLEARTEXT);
    List<ConnectionSpec> specs = new ArrayList<>(client.connectionSpecs());
    if (!cleartext) specs.add(ConnectionSpec.CLEARTEXT);
    return client.newBuilder()
        .connectionSpecs(specs)
        .followRedirects(false)
        .cookieJar(CookieJar.NO_COOKIES)
        .authenticator(Authenticator.NONE)
        .proxy(null)
        .proxySelector(new ProxiesOfOthers(egress, client))
        .addInterceptor(new FollowUps(client))
        .addInterceptor(new Cookies(client.cookieJar()))
        .addInterceptor(new Mapping(egress, port, cleartext))
        .build();
  }

  private record Mapping(Egress egress, int port, boolean cleartext) implements Interceptor {
    @Override
    public Response intercept(Chain chain) throws IOException {
      Request request = chain.request();
      HttpUrl url = request.url();
      String host = egress.mapped(url.scheme(), url.host(), url.port());
      if (host == null) {
        if (!cleartext && !url.isHttps()) {
          throw new UnknownServiceException("CLEARTEXT communication not enabled for client");
        }
        return chain.proceed(request);
      }
      Egress.checkHost(host, request.header("Host"));
      HttpUrl target = url.newBuilder().scheme("http").host(egress.nameFor(host)).port(port).build();
      try {
        return chain.proceed(request.newBuilder().url(target).header("Host", host).build())
            .newBuilder().request(request).build();
      } catch (IOException error) {
        EgressException explained = egress.explained(error, host);
        throw explained == null ? error : explained;
      }
    }
  }

  /** The client's own proxies, but for mapped requests: a proxy would see these in the clear. */
  private static final class ProxiesOfOthers extends ProxySelector {
    private final Egress egress;
    private final Proxy proxy;
    private final ProxySelector selector;

    ProxiesOfOthers(Egress egress, OkHttpClient client) {
      this.egress = egress;
      proxy = client.proxy();
      selector = client.proxySelector();
    }

    @Override
    public List<Proxy> select(URI uri) {
      String host = uri.getHost();
      if (host != null && Names.isWithin(Names.lower(host), egress.domain())) return List.of(Proxy.NO_PROXY);
      return proxy == null ? selector.select(uri) : List.of(proxy);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException error) {
      selector.connectFailed(uri, address, error);
    }
  }
}

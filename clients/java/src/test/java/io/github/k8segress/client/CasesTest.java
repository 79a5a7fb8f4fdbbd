package io.github.k8segress.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CasesTest {
  private static final JsonObject CASES = read();

  private static JsonObject read() {
    try {
      return JsonParser.parseString(Files.readString(Path.of("..", "cases.json"))).getAsJsonObject();
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
  }

  private static Stream<JsonObject> cases(String kind) {
    return StreamSupport.stream(CASES.getAsJsonArray(kind).spliterator(), false).map(JsonElement::getAsJsonObject);
  }

  private static Egress egress(JsonObject given) {
    Map<String, String> environment = new HashMap<>();
    if (given.has("domain")) environment.put("EGRESS_DOMAIN", given.get("domain").getAsString());
    if (given.has("hosts")) environment.put("EGRESS_HOSTS", given.get("hosts").getAsString());
    return new Egress(environment);
  }

  @TestFactory
  Stream<DynamicTest> settings() {
    return cases("settings").map(given -> DynamicTest.dynamicTest(given.get("why").getAsString(), () -> {
      if (given.has("error")) {
        Exception thrown = assertThrows(EgressConfigException.class, () -> egress(given));
        assertEquals(given.get("error").getAsString(), thrown.getMessage());
        return;
      }
      Egress egress = egress(given);
      if (given.get("normal").isJsonNull()) {
        assertNull(egress.domain());
        return;
      }
      JsonObject normal = given.getAsJsonObject("normal");
      JsonArray hosts = new JsonArray();
      egress.hosts().forEach(hosts::add);
      assertEquals(normal.get("domain").getAsString(), egress.domain());
      assertEquals(normal.get("hosts"), hosts);
    }));
  }

  @TestFactory
  Stream<DynamicTest> urls() {
    return cases("urls").map(given -> DynamicTest.dynamicTest(given.get("why").getAsString(), () -> {
      URI uri = URI.create(given.get("url").getAsString());
      Egress egress = egress(given);
      // java.net.URI knows no host with an underscore; OkHttp does.
      String name = uri.getHost() != null ? uri.getHost() : uri.getAuthority();
      String host = egress.mapped(uri.getScheme(), name, uri.getPort());
      String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
      String found = host == null ? "direct" : "http://" + egress.nameFor(host) + uri.getRawPath() + query;
      assertEquals(given.get("expect").getAsString(), found);
    }));
  }

  @Test
  void failureTexts() {
    JsonObject failures = CASES.getAsJsonObject("failures");
    JsonObject unresolved = failures.getAsJsonObject("unresolved");
    assertEquals(
        unresolved.get("text").getAsString(),
        EgressException.unresolved(unresolved.get("host").getAsString(), unresolved.get("domain").getAsString()));
    JsonObject otherHost = failures.getAsJsonObject("otherHost");
    assertEquals(
        otherHost.get("text").getAsString(),
        EgressException.otherHost(otherHost.get("host").getAsString(), otherHost.get("header").getAsString()));
  }
}

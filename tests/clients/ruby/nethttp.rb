# Net::HTTP and open-uri of Ruby's standard library.

require "net/http"
require "open-uri"
require "stringio"
require_relative "check"

BASE = URI(egress("api.example.com"))

def send_request(kind, path, json: nil, stream: nil)
  request = kind.new(path)
  if json
    request["Content-Type"] = "application/json"
    request.body = JSON.generate(json)
  elsif stream
    request["Transfer-Encoding"] = "chunked"
    request["Content-Type"] = "application/octet-stream"
    request.body_stream = stream
  end
  Net::HTTP.start(BASE.host, BASE.port) { |http| http.request(request) }
end

check("GET") do
  response = send_request(Net::HTTP::Get, "/v1/items?a=b%20c")
  equal(JSON.parse(response.body), { "items" => [1, 2], "query" => "?a=b%20c" })
end
check("HEAD") { equal(send_request(Net::HTTP::Head, "/v1/items").code, "200") }
check("DELETE, 204") { equal(send_request(Net::HTTP::Delete, "/v1/items").code, "204") }
check("POST of JSON") do
  response = send_request(Net::HTTP::Post, "/v1/items", json: { name: "Grüße" })
  equal([response.code, JSON.parse(response.body)], ["201", { "received" => { "name" => "Grüße" } }])
end
check("PUT of a stream") do
  response = send_request(Net::HTTP::Put, "/v1/upload", stream: StringIO.new("x" * 1_048_576))
  match(response.body, /"bytes":1048576,.*"chunked":true/)
end
check("gzip") { match(send_request(Net::HTTP::Get, "/v1/gzip").body, /xxxx/) }
check("redirect, by open-uri") { match(URI.open("#{BASE}/v1/redirect").read, /\?from=redirect/) }
check("response in pieces") { match(send_request(Net::HTTP::Get, "/v1/stream").body, /data: three/) }
check("two requests on one connection") do
  Net::HTTP.start(BASE.host, BASE.port) do |http|
    2.times { equal(http.get("/v1/items").code, "200") }
  end
end
check("404 of the vendor") { match(send_request(Net::HTTP::Get, "/v1/nothing").body, /nothing is at/) }
check("403 of the proxy") do
  response = send_request(Net::HTTP::Get, "/v2/items")
  equal(response.code, "403")
  match(response.body, DENIED)
end

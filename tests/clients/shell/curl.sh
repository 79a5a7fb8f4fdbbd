. "${BASH_SOURCE%/*}/check.sh"
cd "$HOME" || exit 1
base=http://api.example.com.egress.local/v1
head -c 2097152 /dev/zero >large

check "GET" has '"query":"\?a=b%20c"' curl -sS "$base/items?a=b%20c"
check "HEAD" has '^HTTP/1.1 200' curl -sSI "$base/items"
check "POST of JSON" has '"received":\{"a":1\}' curl -sS -H 'content-type: application/json' -d '{"a":1}' "$base/items"
check "PATCH of a form" has '"a":"b c"' curl -sS -X PATCH --data-urlencode 'a=b c' "$base/items"
check "gzip" has 'xxxx' curl -sS --compressed "$base/gzip"
check "redirect" has '\?from=redirect' curl -sSL "$base/redirect"
check "upload with Expect: 100-continue" has '"bytes":2097152' curl -sS -H 'Expect: 100-continue' -T large "$base/upload"
check "upload in chunks" has '"chunked":true' curl -sS -H 'Transfer-Encoding: chunked' -T large "$base/upload"
check "response in pieces" has 'data: three' curl -sSN "$base/stream"
check "HTTP/1.0" has '"items"' curl -sS --http1.0 "$base/items"
check "offer of h2c" has '"items"' curl -sS --http2 "$base/items"
check "login for a session by cookie" curl -sS --fail -c jar -X POST -d '' "$base/login"
check "session by cookie" has 'ada' curl -sS -b jar "$base/account"
check "403 of the proxy" has "$DENIED" curl -sS --fail-with-body http://api.example.com.egress.local/v2/items

. "${BASH_SOURCE%/*}/check.sh"
cd "$HOME" || exit 1
base=http://api.example.com.egress.local/v1

check "GET" has '"items"' wget -qO- "$base/items"
check "POST of JSON" has '"received"' wget -qO- --header 'content-type: application/json' --post-data '{"a":1}' "$base/items"
check "redirect" has '\?from=redirect' wget -qO- "$base/redirect"
check "403 of the proxy" has "$DENIED" wget -nv -O- --content-on-error http://api.example.com.egress.local/v2/items

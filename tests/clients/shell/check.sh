# What every script here needs: one line of JSON for each check.
set -u

DENIED='No rule of the upstream|k8s-egress: request-denied'

# check NAME COMMAND...: passes if the command's status is 0.
check() {
  local name="$1" output
  shift
  if output="$("$@" 2>&1)"; then
    printf '{"check": "%s", "ok": true}\n' "$name"
  else
    output="$(printf '%s' "$output" | tail -c 400 | tr '\n\t\r"\\' "    '/")"
    printf '{"check": "%s", "ok": false, "detail": "%s"}\n' "$name" "$output"
  fi
}

# has TEXT COMMAND...: the output has this text; the command's own status does not count.
has() {
  local text="$1" output
  shift
  output="$("$@" 2>&1)"
  printf '%s' "$output"
  printf '%s' "$output" | grep -qE -- "$text"
}

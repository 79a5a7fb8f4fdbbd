#!/usr/bin/env bash
# Runs the clients' tests: clients/test.sh [node] [python] [go] [java], by default all. They run in a copy below
# ${TMPDIR:-/tmp}, so that nothing is installed or built in the checkout; the next run finds what is installed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work="${TMPDIR:-/tmp}/k8s-egress-clients-$(id -u)"
languages=("$@")
[ ${#languages[@]} -gt 0 ] || languages=(node python go java)

summary=()
failed=0

# A fresh copy of a client's sources; installed packages stay.
copy() {
  mkdir -p "$work/clients/$1"
  cp "$here/cases.json" "$work/clients/"
  find "$work/clients/$1" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name .venv -exec rm -rf {} +
  tar -C "$here/$1" --exclude=node_modules --exclude=target --exclude=__pycache__ -cf - . |
    tar -C "$work/clients/$1" -xf -
  cd "$work/clients/$1"
}

# Runs a suite with its output in a file as well: run NAME COMMAND...
run() {
  local name=$1
  shift
  if "$@" 2>&1 | tee "$work/$name.log"; then return 0; fi
  failed=1
  return 1
}

skip() {
  summary+=("$1: skipped, $2 is missing")
  echo "clients: $1 is skipped, $2 is missing" >&2
}

# Node's own counts: "# pass 3" by the reporter tap, which is that of Node 20 without a terminal.
node_counts() {
  awk '$2 == "pass" || $2 == "fail" || $2 == "skipped" { printf "%s %s ", $3, $2 }' "$1"
}

test_node() {
  local own="$here/../node_modules/node/bin/node" node
  local candidates=()
  if command -v node >/dev/null; then candidates+=("$(command -v node)"); fi
  if [ -x "$own" ]; then candidates+=("$own"); fi
  if [ ${#candidates[@]} -eq 0 ] || ! command -v npm >/dev/null; then
    skip node "node or npm"
    return
  fi
  copy node
  npm install --silent --no-audit --no-fund --no-package-lock
  local seen=" " version
  for node in "${candidates[@]}"; do
    version=$("$node" --version)
    if [[ $seen == *" $version "* ]]; then continue; fi
    seen+="$version "
    local state=passed
    run "node-$version" "$node" --test --test-reporter=tap test/*.test.mjs || state=FAILED
    summary+=("node $version: $state, $(node_counts "$work/node-$version.log")")
  done
}

test_python() {
  if ! command -v python3 >/dev/null; then
    skip python python3
    return
  fi
  copy python
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check pytest requests httpx aiohttp botocore
  local state=passed
  run python env PYTHONDONTWRITEBYTECODE=1 .venv/bin/python -m pytest -q -p no:cacheprovider || state=FAILED
  summary+=("python $(python3 --version | cut -d' ' -f2): $state, $(tail -n 1 "$work/python.log")")
}

test_go() {
  if ! command -v go >/dev/null; then
    skip go go
    return
  fi
  copy go
  local state=passed
  run go go test -count=1 -v ./... || state=FAILED
  summary+=("go: $state, $(grep -c -- '--- PASS' "$work/go.log" || true) passed, $(grep -c -- '--- FAIL' "$work/go.log" || true) failed")
}

test_java() {
  if ! command -v mvn >/dev/null || ! command -v java >/dev/null; then
    skip java "mvn or java"
    return
  fi
  copy java
  local profile
  for profile in okhttp4 okhttp5; do
    local arguments=(-B -ntp) state=passed
    if [ "$profile" = okhttp5 ]; then arguments+=(-Pokhttp5); fi
    run "java-$profile" mvn "${arguments[@]}" test || state=FAILED
    summary+=("java, $profile: $state, $(grep -E 'Tests run:.*[0-9]$' "$work/java-$profile.log" | tail -n 1 | sed 's/^[^T]*//')")
  done
}

for language in "${languages[@]}"; do
  case $language in
  node | python | go | java) "test_$language" ;;
  *)
    echo "usage: clients/test.sh [node] [python] [go] [java]; \"$language\" is none of these" >&2
    exit 2
    ;;
  esac
done

echo
printf '%s\n' "${summary[@]}"
exit "$failed"

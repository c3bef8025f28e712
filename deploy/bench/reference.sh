#!/usr/bin/env bash
# Builds the real etcd and its own load tool, for comparison and differential tests.
#
#   deploy/bench/reference.sh DIR     puts etcd, etcdctl, etcdutl and benchmark into DIR
#
# Go fetches the pinned modules through its ordinary module proxy, so the first run needs
# the network. A tool that is already in DIR at the pinned version is left alone, and so a
# second run costs nothing. Nothing outside DIR and Go's own caches is written.
#
# Exit code: 0 all four are there, 2 wrong use, 3 Go is missing or too old, 1 a build failed.

set -euo pipefail

readonly ETCD_VERSION=v3.7.3
# The load tool lives in etcd's root module, which is not published for 3.7. It speaks the
# client API only, so the older release loads a newer server just as well.
readonly BENCHMARK_VERSION=v3.6.8
readonly GO_MINIMUM_MINOR=26

die() {
  local code=$1
  shift
  printf 'reference.sh: %s\n' "$@" >&2
  exit "$code"
}

usage() {
  sed -n '2,/^$/{s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
}

case "${1-}" in
  -h | --help)
    usage
    exit 0
    ;;
  '' | -*)
    usage >&2
    exit 2
    ;;
esac
[ $# -eq 1 ] || die 2 'one argument is expected: the folder for the binaries'

mkdir -p "$1"
out=$(cd "$1" && pwd)
readonly out

# Go writes the module version of every dependency into a binary; that is what a build is
# recognised by. Without Go, binaries that are there are taken as they are.
built() { # built BINARY MODULE VERSION
  [ -x "$out/$1" ] && go version -m "$out/$1" 2>/dev/null | awk -v m="$2" -v v="$3" '
    ($1 == "mod" || $1 == "dep") && $2 == m && $3 == v { found = 1 } END { exit !found }'
}

report() {
  printf 'reference tools in %s:\n' "$out"
  local tool
  for tool in etcd etcdctl etcdutl benchmark; do
    if [ -x "$out/$tool" ]; then
      printf '  %s\n' "$out/$tool"
    else
      printf '  %s is missing\n' "$tool"
    fi
  done
}

if ! command -v go >/dev/null 2>&1; then
  if [ -x "$out/etcd" ] && [ -x "$out/etcdctl" ] && [ -x "$out/etcdutl" ] && [ -x "$out/benchmark" ]; then
    report
    exit 0
  fi
  die 3 \
    "Go is not on the PATH, and the tools cannot be built without it." \
    "Install Go 1.$GO_MINIMUM_MINOR or newer (https://go.dev/dl/), or use a package of etcd instead:" \
    "on Debian, 'apt-get install etcd-server etcd-client' gives etcd 3.4, which deploy/bench/compare also takes."
fi

minor=$(go env GOVERSION | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
if [ -n "$minor" ] && [ "$minor" -lt "$GO_MINIMUM_MINOR" ]; then
  die 3 "Go is $(go env GOVERSION), but etcd $ETCD_VERSION needs 1.$GO_MINIMUM_MINOR or newer."
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/cairn-reference.XXXXXX")
readonly work
trap 'rm -rf "$work"' EXIT

# A module of our own whose only content is the list of tools: `go install tool` then builds
# them at the versions that go.mod pins, and go.sum is checked against Go's checksum database.
build() { # build NAME TOOL@VERSION...
  local module=$1
  shift
  mkdir -p "$work/$module/bin"
  (
    cd "$work/$module"
    printf 'building %s\n' "$*" >&2
    # A vendor or workspace setting of the caller must not reach into this build.
    export GOWORK=off GOFLAGS=-buildvcs=false GOBIN="$work/$module/bin"
    go mod init "cairn.dev/$module" >/dev/null 2>&1
    go get -tool "$@" >"$work/$module/get.log" 2>&1 || {
      tail -n 20 "$work/$module/get.log" >&2
      die 1 "fetching the modules of $* failed: is there a network, or a module proxy (GOPROXY)?"
    }
    go install tool || die 1 "building $* failed"
  )
}

if built etcd go.etcd.io/etcd/server/v3 "$ETCD_VERSION" \
  && built etcdctl go.etcd.io/etcd/etcdctl/v3 "$ETCD_VERSION" \
  && built etcdutl go.etcd.io/etcd/etcdutl/v3 "$ETCD_VERSION"; then
  printf 'etcd %s is already there\n' "$ETCD_VERSION" >&2
else
  build reference \
    "go.etcd.io/etcd/server/v3@$ETCD_VERSION" \
    "go.etcd.io/etcd/etcdctl/v3@$ETCD_VERSION" \
    "go.etcd.io/etcd/etcdutl/v3@$ETCD_VERSION"
  mv -f "$work/reference/bin/server" "$out/etcd"
  mv -f "$work/reference/bin/etcdctl" "$work/reference/bin/etcdutl" "$out/"
fi

if built benchmark go.etcd.io/etcd/v3 "$BENCHMARK_VERSION"; then
  printf 'benchmark %s is already there\n' "$BENCHMARK_VERSION" >&2
else
  build loadtool "go.etcd.io/etcd/v3/tools/benchmark@$BENCHMARK_VERSION"
  mv -f "$work/loadtool/bin/benchmark" "$out/benchmark"
fi

report

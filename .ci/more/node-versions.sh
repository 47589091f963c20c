#!/usr/bin/env bash
# The other supported Node versions: the demo and a part of the tests. The binaries come from npm packages.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) echo "no binary for $(uname -m)"; exit 1 ;; esac
for version in 22 24; do
  npm install --silent --no-audit --no-fund --prefix "$dir/$version" "node-linux-$arch@$version"
  node="$dir/$version/node_modules/node-linux-$arch/bin/node"
  echo "Node $("$node" --version)"
  "$node" dist/apps/cli/main.js demo | tail -n 3
  "$node" --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js \
    libs/event-store libs/vault libs/command-handling test/e2e/gateway test/e2e/portal-credentials --silent
done

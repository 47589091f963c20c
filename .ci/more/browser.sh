#!/usr/bin/env bash
# Try-it in headless Chromium: the one that GATEHOUSE_TEST_BROWSER names, else the installed one, else Debian's, installed here.
# GitHub's OpenAPI description (13 MB) is opened as well; its package unpacks to 390 MB, so only one file is taken.
set -euo pipefail
browser=${GATEHOUSE_TEST_BROWSER:-$(command -v chromium || command -v google-chrome || true)}
if [ -z "$browser" ]; then
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    echo 'FAILED: no browser. Install chromium, or name one in GATEHOUSE_TEST_BROWSER' >&2
    exit 1
  fi
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium
  browser=$(command -v chromium)
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
package=$(npm pack --silent --pack-destination "$dir" @octokit/openapi@23.0.2)
tar -xzf "$dir/$package" -C "$dir" package/generated/api.github.com.json
npm run --silent build
GATEHOUSE_TEST_BROWSER=$browser GATEHOUSE_TEST_LARGE_SPEC=$dir/package/generated/api.github.com.json \
  node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js -i test/reference

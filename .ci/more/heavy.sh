#!/usr/bin/env bash
# GitHub's OpenAPI description (13 MB) through the real server. Its package unpacks to 390 MB, so only one file is taken.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
package=$(npm pack --silent --pack-destination "$dir" @octokit/openapi@23.0.2)
tar -xzf "$dir/$package" -C "$dir" package/generated/api.github.com.json
node dist/test/heavy/main.js "$dir/package/generated/api.github.com.json" 400

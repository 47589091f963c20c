#!/usr/bin/env bash
# No container engine is needed: the Dockerfile's own steps run in clean folders, and the result must serve.
set -euo pipefail
dir=$(mktemp -d)
trap 'kill "${server:-0}" 2>/dev/null || true; rm -rf "$dir"' EXIT
python3 -m venv "$dir/python"
"$dir/python/bin/pip" --quiet --disable-pip-version-check install -r .ci/python/requirements.txt
"$dir/python/bin/hadolint" docker/Dockerfile
"$dir/python/bin/check-jsonschema" --builtin-schema vendor.compose-spec docker/compose.yaml docker/compose.embedded.yaml
mkdir -p "$dir/build" "$dir/run/apps/cli" "$dir/data"
# Exactly what the first stage copies, and no more.
for path in $(sed -n 's/^COPY \([^-].*\) [^ ]*$/\1/p' docker/Dockerfile); do cp -r "$path" "$dir/build/"; done
(cd "$dir/build" && sed -n 's/^RUN \(npm .*\)$/\1/p' "$OLDPWD/docker/Dockerfile" | bash -euo pipefail -s)
cp -r "$dir/build/package.json" "$dir/build/node_modules" "$dir/build/dist" "$dir/run/"
cp -r "$dir/build/apps/cli/bin" "$dir/run/apps/cli/bin"
cd "$dir/run"
NODE_ENV=production PORT=0 GATEHOUSE_DATA_DIR="$dir/data" node apps/cli/bin/gatehouse.mjs serve >"$dir/log" 2>&1 &
server=$!
for _ in $(seq 50); do [ -e "$dir/data/server.json" ] && break; sleep 0.2; done
url=$(node -p "JSON.parse(require('fs').readFileSync('$dir/data/server.json')).url")
for path in /readyz /docs /openapi.json; do curl -fsS -o /dev/null -w "$path %{http_code}\n" --retry 5 --retry-all-errors "$url$path"; done
kill "$server" && wait "$server"

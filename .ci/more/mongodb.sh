#!/usr/bin/env bash
# The MongoDB adapters, on the server that GATEHOUSE_TEST_MONGODB names, else on a FerretDB of their own, which speaks the same
# protocol. Go builds it at the first run; it is kept in the user's cache folder. GATEHOUSE_TEST_RUNS asks for more histories.
set -euo pipefail
export GATEHOUSE_ENGINES=1
jest=(node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js -i test/engines/mongodb
  --testTimeout=120000 --forceExit)
if [ -n "${GATEHOUSE_TEST_MONGODB:-}" ]; then
  exec "${jest[@]}"
fi
if ! command -v go >/dev/null && [ ! -x "${XDG_CACHE_HOME:-$HOME/.cache}/gatehouse/ferretdb-v1.24.0" ]; then
  echo "FAILED: no Go to build FerretDB with, and GATEHOUSE_TEST_MONGODB names no server" >&2
  exit 1
fi
npm run --silent build
exec node dist/test/support/ferretdb/main.js "${jest[@]}"

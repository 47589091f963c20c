#!/usr/bin/env bash
# The whole system on all four combinations of engines: the guide, several copies, projectors, engines that are down. With
# GATEHOUSE_TEST_EVENTSTORE and GATEHOUSE_TEST_MONGODB on those servers, as far as nothing is killed. Otherwise EventStoreDB is
# a durable double and MongoDB a FerretDB, which Go builds at the first run and which is kept in the user's cache folder.
set -euo pipefail
if ! command -v go >/dev/null && [ ! -x "${XDG_CACHE_HOME:-$HOME/.cache}/gatehouse/ferretdb-v1.24.0" ]; then
  echo "FAILED: no Go to build FerretDB with" >&2
  exit 1
fi
npm run --silent build
export GATEHOUSE_ENGINES=1
jest=(node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js -i --testTimeout=120000)
node dist/test/support/ferretdb/main.js "${jest[@]}" 'test/engines/(guide|copies|engines-down|projectors|migrate|backup)'
# Every answer as on the embedded engine: the published client and documents against the servers.
GATEHOUSE_TEST_ON=eventstoredb,mongodb node dist/test/support/ferretdb/main.js "${jest[@]}" test/conformance

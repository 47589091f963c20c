#!/usr/bin/env bash
# Kills servers, projectors, event store, view store and vault under load; FAULT_ENGINE_CYCLES asks for more than 8 times.
# EventStoreDB is a durable double and MongoDB two FerretDBs, which Go builds at the first run and which are kept in the user's
# cache folder.
set -euo pipefail
if ! command -v go >/dev/null && [ ! -x "${XDG_CACHE_HOME:-$HOME/.cache}/gatehouse/ferretdb-v1.24.0" ]; then
  echo "FAILED: no Go to build FerretDB with" >&2
  exit 1
fi
npm run --silent test:faults -- --engines servers --cycles "${FAULT_ENGINE_CYCLES:-8}"

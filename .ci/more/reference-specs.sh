#!/usr/bin/env bash
# Holds the management surface, and the portal's, against Kong's own OpenAPI documents where a copy of them lies beside the
# repository (or where GATEHOUSE_REFERENCE_SPECS says). They are not part of this project.
set -euo pipefail
specs=${GATEHOUSE_REFERENCE_SPECS:-../shared/reference/specs}
if [ ! -d "$specs" ]; then
  echo "SKIPPED: no OpenAPI documents to compare with at $specs; set GATEHOUSE_REFERENCE_SPECS to a folder that has them"
  exit 0
fi
npm run --silent build
GATEHOUSE_REFERENCE_SPECS=$specs node dist/test/conformance/reference.js

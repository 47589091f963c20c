#!/usr/bin/env bash
# Kills the real server under load 50 times; FAULT_CYCLES asks for more.
set -euo pipefail
npm run --silent test:faults -- --cycles "${FAULT_CYCLES:-50}"

#!/usr/bin/env bash
# The EventStoreDB adapter under faults, kills and random histories, longer than npm test runs it. With
# GATEHOUSE_TEST_EVENTSTORE=esdb://... the contract and the calibration run against that server.
set -euo pipefail
export GATEHOUSE_ENGINES=1 GATEHOUSE_MODEL_RUNS=${GATEHOUSE_MODEL_RUNS:-2000} GATEHOUSE_KILLS=${GATEHOUSE_KILLS:-10}
node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js -i \
  'test/engines/(event|claims|receipts|commands-on|cut)'

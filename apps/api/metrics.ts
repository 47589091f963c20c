import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every measurement that /metrics shows. docs/operations.md says what each means. */
export interface Metrics {
  readonly registry: Registry;
  readonly httpDuration: Histogram<'operation' | 'status'>;
  readonly commandStage: Histogram<'stage'>;
  readonly gatewayChecks: Counter<'outcome' | 'reason'>;
  /** The gauges are set when they are asked for. */
  readonly viewLag: Gauge<'view'>;
  readonly viewBlocked: Gauge<'view'>;
  readonly parkedEffects: Gauge<'reactor'>;
  readonly passwordHashes: Gauge<'state'>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    httpDuration: new Histogram({
      name: 'gatehouse_http_request_duration_seconds',
      help: 'Time to answer, by operation and status.',
      labelNames: ['operation', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
      registers: [registry],
    }),
    commandStage: new Histogram({
      name: 'gatehouse_command_stage_seconds',
      help: 'Time in each stage of a command: wait for its turn, read, decide, encode, append.',
      labelNames: ['stage'],
      buckets: [0.00001, 0.0001, 0.001, 0.01, 0.1, 1],
      registers: [registry],
    }),
    gatewayChecks: new Counter({
      name: 'gatehouse_gateway_checks_total',
      help: 'Gateway checks by outcome and reason.',
      labelNames: ['outcome', 'reason'],
      registers: [registry],
    }),
    viewLag: new Gauge({
      name: 'gatehouse_view_lag_seconds',
      help: 'Age of the oldest event that a view has not applied; 0 when it has applied all.',
      labelNames: ['view'],
      registers: [registry],
    }),
    viewBlocked: new Gauge({
      name: 'gatehouse_view_blocked',
      help: '1 while a view stands before an event that it cannot apply.',
      labelNames: ['view'],
      registers: [registry],
    }),
    parkedEffects: new Gauge({
      name: 'gatehouse_parked_effects',
      help: 'Effects that a reactor has given up until they are retried.',
      labelNames: ['reactor'],
      registers: [registry],
    }),
    passwordHashes: new Gauge({
      name: 'gatehouse_password_hashes',
      help: 'Password hashes being computed and waiting.',
      labelNames: ['state'],
      registers: [registry],
    }),
  };
}

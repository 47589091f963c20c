import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every measurement that /metrics shows. docs/operations.md says what each means. */
export interface Metrics {
  readonly registry: Registry;
  readonly httpDuration: Histogram<'operation' | 'status'>;
  readonly commandStage: Histogram<'stage'>;
  readonly signOns: Counter<'step' | 'outcome' | 'reason'>;
  readonly gatewayChecks: Counter<'outcome' | 'reason'>;
  readonly usageRecords: Counter<'fate'>;
  /** The gauges are set when they are asked for. */
  readonly viewLag: Gauge<'view'>;
  readonly viewBlocked: Gauge<'view'>;
  readonly engineUp: Gauge<'engine'>;
  readonly logAge: Gauge;
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
    signOns: new Counter({
      name: 'gatehouse_sign_ons_total',
      help: 'Single sign-ons that began or came back, by outcome and reason.',
      labelNames: ['step', 'outcome', 'reason'],
      registers: [registry],
    }),
    gatewayChecks: new Counter({
      name: 'gatehouse_gateway_checks_total',
      help: 'Gateway checks by outcome and reason.',
      labelNames: ['outcome', 'reason'],
      registers: [registry],
    }),
    usageRecords: new Counter({
      name: 'gatehouse_usage_records_total',
      help: 'Records of calls by what became of them: accepted, late, future, duplicate, unknown, lost.',
      labelNames: ['fate'],
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
    engineUp: new Gauge({
      name: 'gatehouse_engine_up',
      help: '1 while the engine answers: event_store, read_models, vault.',
      labelNames: ['engine'],
      registers: [registry],
    }),
    logAge: new Gauge({
      name: 'gatehouse_log_seen_age_seconds',
      help: 'Time since the moment whose log this process is known to have seen; 0 where it writes the log alone.',
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

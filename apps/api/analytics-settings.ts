import { RETENTION, type Retention } from '#consumption/consumption.js';
import { LEVEL_MS } from '#consumption/calls.js';
import { ConfigError } from '../engines/config-error.js';

/** How the use of APIs is counted and shown. */
export interface AnalyticsSettings {
  /**
   * What counts as a call: every gateway check and every record that gateways send; or only the records, where gateways send
   * one of each call that they ask about. `off`: nothing is counted, and nothing shown.
   */
  readonly count: 'checks' | 'records' | 'off';
  /** How far back developers may look. */
  readonly period: '24h' | '90d';
  readonly retention: Retention;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads GATEHOUSE_ANALYTICS, GATEHOUSE_ANALYTICS_PERIOD and GATEHOUSE_ANALYTICS_RETENTION. @throws ConfigError */
export const analyticsSettings = (env: Env): AnalyticsSettings => ({
  count: oneOf(env, 'GATEHOUSE_ANALYTICS', ['checks', 'records', 'off']),
  period: oneOf(env, 'GATEHOUSE_ANALYTICS_PERIOD', ['90d', '24h']),
  retention: retention(env['GATEHOUSE_ANALYTICS_RETENTION']),
});

function oneOf<T extends string>(env: Env, name: string, [standard, ...others]: readonly [T, ...T[]]): T {
  const text = env[name] || standard;
  const found = [standard, ...others].find((choice) => choice === text);
  if (!found) throw new ConfigError(`${name} must be ${[standard, ...others].join(', ')}.`);
  return found;
}

function retention(text: string | undefined): Retention {
  if (!text) return RETENTION;
  const match = /^(\d{1,4})h (\d{1,4})d (\d{1,5})d$/.exec(text.trim());
  const [minutes, hours, days] = (match ?? []).slice(1).map(Number);
  if (!match || minutes! < 1 || hours! < 1 || days! < 1) {
    throw new ConfigError(
      'GATEHOUSE_ANALYTICS_RETENTION says how long minutes, hours and days are kept: 48h 92d 400d, in this form.',
    );
  }
  return { minute: minutes! * LEVEL_MS.hour, hour: hours! * LEVEL_MS.day, day: days! * LEVEL_MS.day };
}

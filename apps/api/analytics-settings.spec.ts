import { LEVEL_MS } from '#consumption/calls.js';
import { ConfigError } from '../engines/config-error.js';
import { analyticsSettings } from './analytics-settings.js';

describe('the settings of analytics', () => {
  it('count checks and show 90 days unless told', () => {
    const { hour, day } = LEVEL_MS;
    expect(analyticsSettings({})).toEqual({
      count: 'checks',
      period: '90d',
      retention: { minute: 48 * hour, hour: 92 * day, day: 400 * day },
    });
    const env = {
      GATEHOUSE_ANALYTICS: 'records',
      GATEHOUSE_ANALYTICS_PERIOD: '24h',
      GATEHOUSE_ANALYTICS_RETENTION: '24h 30d 200d',
    };
    expect(analyticsSettings(env)).toEqual({
      count: 'records',
      period: '24h',
      retention: { minute: 24 * hour, hour: 30 * day, day: 200 * day },
    });
  });

  it.each([
    { GATEHOUSE_ANALYTICS: 'on' },
    { GATEHOUSE_ANALYTICS_PERIOD: '7d' },
    { GATEHOUSE_ANALYTICS_RETENTION: '90d' },
    { GATEHOUSE_ANALYTICS_RETENTION: '0h 92d 400d' },
  ])('name the one that cannot be used: %j', (env) => {
    const load = () => analyticsSettings(env);
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(Object.keys(env)[0]);
  });
});

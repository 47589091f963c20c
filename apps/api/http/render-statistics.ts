import { METRICS, type Question, type Statistics } from '#consumption/statistics.js';

/** What to call a value of a dimension, where an id is not to be shown. */
export type Label = (dimension: string, value: string) => string;

/** An answer in the form of the Konnect API. */
export function renderStatistics(question: Question, answer: Statistics, label: Label = (_, value) => value) {
  const { metric, dimensions, window } = question;
  return {
    meta: {
      dimensions: Object.fromEntries(
        dimensions.map((dimension, i) => [dimension, answer.values[i]!.map((value) => label(dimension, value))]),
      ),
      metric_names: [metric],
      metric_units: { [metric]: METRICS.get(metric)!.unit },
      start_ms: window.start,
      end_ms: window.end,
      granularity: window.granularity ?? window.end - window.start,
      truncated: answer.truncated,
    },
    records: answer.rows.map(({ start, values, figure }) => ({
      event: {
        [metric]: figure,
        ...Object.fromEntries(dimensions.map((dimension, i) => [dimension, label(dimension, values[i]!)])),
      },
      timestamp: new Date(start).toISOString(),
    })),
  };
}

import { DIMENSIONS, type Dimension, type Filter } from '#consumption/statistics.js';
import { invalid, type InvalidParameter } from './problem.js';

const TYPES = ['IN', 'NOT_IN'] as const;
const MOST_VALUES = 1_000;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const isId = (value: unknown): boolean => typeof value === 'string' && UUID.test(value);

interface ValuesOf {
  readonly is: (value: unknown) => boolean;
  readonly reason: string;
}

const VALUES: Readonly<Record<Dimension, ValuesOf>> = {
  API_PRODUCT_VERSION: { is: isId, reason: 'must be UUIDs in lower case' },
  APPLICATION: { is: isId, reason: 'must be UUIDs in lower case' },
  STATUS_CODE: {
    is: (value) => Number.isInteger(value) && (value as number) >= 100 && (value as number) <= 999,
    reason: 'must be whole numbers from 100 to 999',
  },
  STATUS_CODE_GROUPED: {
    is: (value) => typeof value === 'string' && /^\dXX$/.test(value),
    reason: 'must be groups such as 2XX',
  },
};

/** @throws Problem 400 naming what is wrong, never a value */
export function readFilters(sent: readonly unknown[]): readonly Filter[] {
  const faults = sent.flatMap((filter, index) => faultsOf(filter, `filter.${index}`));
  if (faults.length > 0) throw invalid(...faults);
  return sent as readonly Filter[];
}

function faultsOf(sent: unknown, at: string): InvalidParameter[] {
  const fault = (field: string, reason: string, rule = 'invalid', choices?: readonly string[]): InvalidParameter[] => [
    { field, reason, rule, source: 'body', ...(choices ? { choices } : {}) },
  ];
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent))
    return fault(at, 'must be an object', 'is_object');
  const { dimension, type, values, ...others } = sent as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    return fault(`${at}.${unknown.slice(0, 100)}`, 'is not a known property', 'unknown_property');
  }
  if (!isOneOf(DIMENSIONS, dimension))
    return fault(`${at}.dimension`, `must be one of ${DIMENSIONS.join(', ')}`, 'enum', DIMENSIONS);
  if (!isOneOf(TYPES, type)) return fault(`${at}.type`, `must be one of ${TYPES.join(', ')}`, 'enum', TYPES);
  if (!Array.isArray(values)) return fault(`${at}.values`, 'must be an array', 'is_array');
  if (values.length > MOST_VALUES) return fault(`${at}.values`, `must not have more than ${MOST_VALUES} items`);
  const { is, reason } = VALUES[dimension];
  return values.every(is) ? [] : fault(`${at}.values`, reason);
}

const isOneOf = <T extends string>(choices: readonly T[], value: unknown): value is T =>
  choices.some((choice) => choice === value);

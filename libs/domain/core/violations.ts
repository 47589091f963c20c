import { getMetadataStorage, validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import type { CommandClass } from './command.js';

/** What is wrong with one field of a command, in the vocabulary of the Konnect API (`invalid_parameters`). */
export interface Violation {
  /** Dotted path: `configs.key-auth.key_names`. */
  readonly field: string;
  readonly reason: string;
  readonly rule: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly string[];
}

export type Parsed<C> = { readonly command: C } | { readonly violations: readonly Violation[] };

type Describe = (values: readonly unknown[]) => Omit<Violation, 'field'>;

const says =
  (rule: string, reason: string): Describe =>
  () => ({ rule, reason });
const atMost =
  (rule: string, things: string): Describe =>
  ([maximum]) => ({ rule, reason: `must not have more than ${maximum} ${things}`, maximum: maximum as number });
const atLeast =
  (rule: string, things: string): Describe =>
  ([minimum]) => ({ rule, reason: `must have at least ${minimum} ${things}`, minimum: minimum as number });

/** Constraint name -> rule. The first one broken, in this order, is the one reported: types before sizes before contents. */
const RULES: Readonly<Record<string, Describe>> = {
  isString: says('is_string', 'must be a string'),
  isBoolean: says('is_boolean', 'must be true or false'),
  isArray: says('is_array', 'must be an array'),
  isObject: says('is_object', 'must be an object'),
  isInt: says('is_integer', 'must be an integer'),
  isUuid: says('is_uuid', 'must be a UUID'),
  isIn: ([choices]) => ({
    rule: 'enum',
    reason: `must be one of ${(choices as string[]).join(', ')}`,
    choices: choices as string[],
  }),
  minLength: atLeast('min_length', 'characters'),
  maxLength: atMost('max_length', 'characters'),
  arrayMinSize: atLeast('min_items', 'items'),
  arrayMaxSize: atMost('max_items', 'items'),
  maxProperties: atMost('max_items', 'labels'),
  min: ([minimum]) => ({ rule: 'min', reason: `must be at least ${minimum}`, minimum: minimum as number }),
  max: ([maximum]) => ({ rule: 'max', reason: `must be at most ${maximum}`, maximum: maximum as number }),
  isAscii: says('is_fqdn', 'must be in ASCII: write an international domain name in its xn-- form'),
  isFqdn: says('is_fqdn', 'must be a domain name'),
  isIso8601: says('is_date_time', 'must be an ISO 8601 date and time'),
  isEmail: says('invalid', 'must be an e-mail address'),
  isUri: (schemes) => ({
    rule: 'invalid',
    reason:
      schemes.length > 0
        ? `must be an absolute ${schemes.join(' or ')} URL`
        : 'must be an absolute URI without fragment',
  }),
  isLabel: says(
    'is_label',
    'keys have 1-63 characters and do not start with kong, konnect, mesh, kic or _; values have 1-63 letters, digits, hyphens, dots or underscores and start and end with a letter or digit',
  ),
  matches: ([pattern]) => ({ rule: 'matches_regex', reason: `must match ${String(pattern)}` }),
  isFileName: (extensions) => ({
    rule: 'matches_regex',
    reason: `must be the name of a file that ends in ${extensions.join(', ')}, without / and \\, and not begin with a dot`,
  }),
  isKeyName: says(
    'invalid',
    'must be a header name (letters, digits, hyphens), and none that HTTP or the gateway needs for itself, such as Host or Cookie',
  ),
  isDistinct: says('invalid', 'must not contain the same item twice'),
  isPlainText: says('invalid', 'must not be empty or contain control characters or ill-formed Unicode'),
};

interface Field {
  nested?: { readonly type: new () => object; readonly open: boolean };
  readonly constraints: Map<string, readonly unknown[]>;
}

const known = new WeakMap<object, ReadonlyMap<string, Field>>();

/** The declared fields of a command class, with each constraint's values. */
function fieldsOf(type: new () => object): ReadonlyMap<string, Field> {
  const found = known.get(type);
  if (found) return found;
  const fields = new Map<string, Field>();
  for (const meta of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)) {
    const field: Field = fields.get(meta.propertyName) ?? { constraints: new Map() };
    if (meta.name) field.constraints.set(meta.name, meta.constraints ?? []);
    if (meta.context?.type) field.nested = meta.context;
    fields.set(meta.propertyName, field);
  }
  known.set(type, fields);
  return fields;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names that would change what an object is, and with it the rules it is checked by. */
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);

/** Ids are stored and compared in lower case; a sender may use either (RFC 9562 section 4). */
function inLowerCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inLowerCase);
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** Copies the input into an instance of its class, nested ones too; names the fields that the class does not declare. */
function instantiate(type: new () => object, input: object, path: string, open: boolean, unknown: Violation[]): object {
  const fields = fieldsOf(type);
  const instance = new type() as Record<string, unknown>;
  for (const [name, value] of Object.entries(input)) {
    const field = fields.get(name);
    if (value === undefined) continue;
    if (!field && (!open || UNSAFE.has(name))) {
      unknown.push({ field: path + name.slice(0, 100), rule: 'unknown_property', reason: 'is not a known field' });
    } else {
      const nested = field?.nested;
      instance[name] =
        nested && isRecord(value)
          ? instantiate(nested.type, value, `${path}${name}.`, nested.open, unknown)
          : nested && Array.isArray(value)
            ? value.map((item: unknown, index) =>
                isRecord(item)
                  ? instantiate(nested.type, item, `${path}${name}.${index}.`, nested.open, unknown)
                  : item,
              )
            : field?.constraints.has('isUuid')
              ? inLowerCase(value)
              : value;
    }
  }
  return instance;
}

function describe(
  errors: readonly ValidationError[],
  type: new () => object,
  object: object,
  path: string,
): Violation[] {
  return errors.flatMap((error) => {
    const field = fieldsOf(type).get(error.property);
    const value = (object as Record<string, unknown>)[error.property];
    const name = path + error.property;
    if (error.children?.length && field?.nested && !error.constraints) {
      if (Array.isArray(value)) return describeItems(error.children, field.nested.type, value, name);
      return describe(error.children, field.nested.type, value as object, `${name}.`);
    }
    if (value === undefined) return [{ field: name, rule: 'required', reason: 'is a required field' }];
    const broken = Object.keys(RULES).find((rule) => error.constraints && rule in error.constraints);
    const said = broken ? RULES[broken]?.(field?.constraints.get(broken) ?? []) : undefined;
    return [{ field: name, ...(said ?? { rule: 'invalid', reason: 'is not valid' }) }];
  });
}

/** The items of a list at fault, by their places in it. */
const describeItems = (
  errors: readonly ValidationError[],
  type: new () => object,
  items: readonly unknown[],
  name: string,
): Violation[] =>
  errors.flatMap(({ property: place, children }) =>
    children?.length
      ? describe(children, type, items[Number(place)] as object, `${name}.${place}.`)
      : [{ field: `${name}.${place}`, rule: 'is_object', reason: 'must be an object' }],
  );

/**
 * Makes a command of what came in (parsed JSON, path and query parameters merged), or says what is wrong with each field.
 * Pure; nothing of the input is repeated in a violation except field names.
 */
export function parseCommand<C extends object>(type: CommandClass<C>, input: unknown): Parsed<C> {
  if (!isRecord(input)) return { violations: [{ field: '', rule: 'is_object', reason: 'must be an object' }] };
  const violations: Violation[] = [];
  const command = instantiate(type, input, '', false, violations) as C;
  violations.push(...describe(validateSync(command, { forbidUnknownValues: false }), type, command, ''));
  return violations.length > 0 ? { violations } : { command };
}

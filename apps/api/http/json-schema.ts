import { getMetadataStorage } from 'class-validator';
import type { Schema } from './operation.js';
import { TOKEN } from '#domain/core/text.js';
import type { CommandClass } from '#domain/core/command.js';

type Fill = (limits: readonly unknown[]) => Schema;

/** What each constraint says in JSON Schema 2020-12. The item constraints of an array go to its `items`. */
const KEYWORDS: Readonly<Record<string, Fill>> = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isArray: () => ({ type: 'array' }),
  isObject: () => ({ type: 'object' }),
  isUuid: () => ({ format: 'uuid' }),
  isEmail: () => ({ format: 'email' }),
  isUri: () => ({ format: 'uri' }),
  isFqdn: () => ({ format: 'hostname' }),
  isIso8601: () => ({ format: 'date-time' }),
  minLength: ([minLength]) => ({ minLength }),
  maxLength: ([maxLength]) => ({ maxLength }),
  arrayMinSize: ([minItems]) => ({ minItems }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
  isDistinct: () => ({ uniqueItems: true }),
  maxProperties: ([maxProperties]) => ({ maxProperties }),
  isLabel: ([removing]) => ({ additionalProperties: { type: removing ? ['string', 'null'] : 'string' } }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  isIn: ([choices]) => ({ enum: choices }),
  isFileName: (extensions) => ({
    pattern: `^[^./\\\\][^/\\\\]*(?:${extensions.map((text) => String(text).replace('.', '\\.')).join('|')})$`,
  }),
  isKeyName: () => ({ pattern: TOKEN.source }),
  matches: ([pattern]) => ({ pattern: (pattern as RegExp).source }),
};

const ITEMS_ONLY = new Set([
  'isString',
  'isUuid',
  'maxLength',
  'minLength',
  'matches',
  'isIn',
  'isKeyName',
  'isPlainText',
]);

/** The JSON Schema of a command's or body's class, from the same metadata that validates it. `only`: these fields. */
export function schemaOf(type: CommandClass, only?: readonly string[], required: readonly string[] = []): Schema {
  const properties: Record<string, Schema> = {};
  const optional = new Set<string>();
  for (const meta of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)) {
    const name = meta.propertyName;
    if (only && !only.includes(name)) continue;
    const soFar = (properties[name] ??= {}) as Record<string, unknown>;
    if (meta.type === 'conditionalValidation') {
      optional.add(name);
      if (!meta.context?.optional) soFar['nullable'] = true;
    }
    const nested = meta.context?.type as CommandClass | undefined;
    if (nested && meta.each) soFar['items'] = schemaOf(nested);
    else if (nested)
      Object.assign(soFar, { ...schemaOf(nested), ...(meta.context.open ? { additionalProperties: true } : {}) });
    const keywords = meta.name ? KEYWORDS[meta.name]?.(meta.constraints ?? []) : undefined;
    if (keywords && meta.each && ITEMS_ONLY.has(meta.name!))
      soFar['items'] = { ...(soFar['items'] as object), ...keywords };
    else if (keywords) Object.assign(soFar, keywords);
  }
  const needed = Object.keys(properties).filter((name) => !optional.has(name) || required.includes(name));
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, nullable(schema)])),
    ...(needed.length > 0 ? { required: needed } : {}),
  };
}

/** OpenAPI 3.1 has no `nullable`: null is one of the types. */
function nullable(schema: Schema): Schema {
  const { nullable: may, ...rest } = schema as { nullable?: boolean; type?: string; enum?: readonly unknown[] };
  if (!may) return rest;
  return {
    ...rest,
    ...(rest.type ? { type: [rest.type, 'null'] } : {}),
    ...(rest.enum ? { enum: [...rest.enum, null] } : {}),
  };
}

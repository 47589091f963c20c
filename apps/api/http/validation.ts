import { getMetadataStorage } from 'class-validator';
import type { BodySpec } from './operation.js';
import { invalid, type InvalidParameter } from './problem.js';
import type { CommandClass } from '#domain/core/command.js';
import { parseCommand } from '#domain/core/violations.js';

/**
 * Checks that a body has only fields that are understood. An absent body counts as an empty object.
 * @throws Problem 400 naming every unknown field
 */
export function checkFields(body: unknown, spec: BodySpec): Record<string, unknown> {
  if (body === undefined || (body === null && spec.optional)) return {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid({ field: 'body', reason: 'must be an object', rule: 'is_object', source: 'body' });
  }
  const allowed = allowedFields(spec);
  const faults: InvalidParameter[] = [
    ...Object.keys(body)
      .filter((name) => !allowed.includes(name))
      .map((name) => fault(name.slice(0, 100), 'unknown_property', 'is not a known property')),
    ...(spec.required ?? []).filter((name) => !(name in body)).map((name) => fault(name, 'required', 'is required')),
  ];
  if (faults.length > 0) throw invalid(...faults);
  return body as Record<string, unknown>;
}

const fault = (field: string, rule: string, reason: string): InvalidParameter => ({
  field,
  rule,
  reason,
  source: 'body',
});

/** The fields that a body may have. */
export const allowedFields = (spec: BodySpec): readonly string[] => spec.fields ?? propertiesOf(spec.class);

const properties = new WeakMap<CommandClass, readonly string[]>();

/** The declared fields of a class. */
export function propertiesOf(type: CommandClass): readonly string[] {
  let names = properties.get(type);
  if (!names) {
    const metadata = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    properties.set(type, (names = [...new Set(metadata.map(({ propertyName }) => propertyName))]));
  }
  return names;
}

/**
 * A validated instance of the class.
 * @throws Problem 400 naming every field at fault; values are never repeated
 */
export function instanceOf<T extends object>(type: CommandClass<T>, values: object): T {
  const parsed = parseCommand(type, values);
  if ('violations' in parsed)
    throw invalid(...parsed.violations.map((violation) => ({ ...violation, source: 'body' as const })));
  return parsed.command;
}

import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsFQDN,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  isEmail,
} from 'class-validator';
import type { ValidationOptions } from 'class-validator';
import {
  characters,
  isAscii,
  isFileName,
  isKeyName,
  isLabelKey,
  isLabelValue,
  isPlain,
  isPlainLine,
  isUri,
  isUuid,
  trimmedCharacters,
} from './text.js';

/**
 * The vocabulary of command fields. Each decorator is made of named constraints with their limits as constraint values,
 * from which violations.ts makes error messages and the JSON Schema of a command is generated.
 * A field is required unless `@Optional()` or `@Nullable()` stands with it (Text, Reason and Labels say so themselves).
 */
export const all =
  (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, property) =>
    decorators.forEach((decorate) => decorate(target, property));

/** A named constraint on a value that is known to be of the right type only if `holds` checks so itself. */
const constraint = (
  name: string,
  constraints: readonly unknown[],
  holds: (value: unknown) => boolean,
  options?: ValidationOptions,
): PropertyDecorator =>
  ValidateBy(
    { name, constraints: [...constraints], validator: { validate: holds, defaultMessage: () => name } },
    options,
  );

const onText =
  (holds: (text: string) => boolean) =>
  (value: unknown): boolean =>
    typeof value === 'string' && holds(value);

/** Counted in Unicode code points, as JSON Schema's maxLength does. */
const MaxCharacters = (max: number, options?: ValidationOptions) =>
  constraint(
    'maxLength',
    [max],
    onText((text) => characters(text) <= max),
    options,
  );

/** May be absent, but not null: a PATCH that leaves the field alone. */
export const Optional = (): PropertyDecorator =>
  ValidateIf((_, value) => value !== undefined, { context: { optional: true } });

/** May be absent or null. */
export const Nullable = (): PropertyDecorator => IsOptional();

const IsUuid = (options?: ValidationOptions) => constraint('isUuid', [], onText(isUuid), options);

/** A UUID of any version; commands have it in lower case, whatever was sent. */
export const Id = (): PropertyDecorator => all(IsString(), IsUuid());

/** A UUID, or `*` for everything of its kind. */
export const IdOrAll = (): PropertyDecorator =>
  all(
    IsString(),
    constraint(
      'isUuid',
      [],
      onText((text) => text === '*' || isUuid(text)),
    ),
  );

/** A list of different UUIDs. */
export const Ids = (max: number, min = 0): PropertyDecorator =>
  all(IsArray(), ArrayMinSize(min), ArrayMaxSize(max), IsUuid({ each: true }), Distinct());

/** One line of text: well-formed, no control characters, at least `min` characters after trimming. */
export const Name = (max: number, min = 1): PropertyDecorator =>
  all(
    IsString(),
    MaxCharacters(max),
    constraint(
      'minLength',
      [min],
      onText((text) => trimmedCharacters(text) >= min),
    ),
    constraint('isPlainText', [], onText(isPlainLine)),
  );

/** Longer text, may be absent or null: well-formed, line breaks and tabs allowed, no other control characters. */
export const Text = (max: number): PropertyDecorator =>
  all(Nullable(), IsString(), MaxCharacters(max), constraint('isPlainText', [], onText(isPlain)));

/** Why a decision was taken, in the decider's words. */
export const Reason = (): PropertyDecorator => Text(1000);

/** A list of different one-line strings. */
export const Strings = (maxItems: number, maxLength: number, minItems = 0): PropertyDecorator =>
  all(
    IsArray(),
    ArrayMinSize(minItems),
    ArrayMaxSize(maxItems),
    IsString({ each: true }),
    MaxCharacters(maxLength, { each: true }),
    constraint(
      'isPlainText',
      [],
      onText((text) => text !== '' && isPlainLine(text)),
      { each: true },
    ),
    Distinct(),
  );

/** No two items of the array are equal. */
export const Distinct = (): PropertyDecorator =>
  constraint('isDistinct', [], (value) => Array.isArray(value) && new Set(value).size === value.length);

export const OneOf = (values: readonly string[]): PropertyDecorator => all(IsString(), IsIn([...values]));

export const Flag = (): PropertyDecorator => IsBoolean();

export const Integer = (min: number, max = Number.MAX_SAFE_INTEGER): PropertyDecorator =>
  all(IsInt(), Min(min), Max(max));

/** At most 250 characters; white space around it is forgiven. */
export const Email = (): PropertyDecorator =>
  all(
    IsString(),
    MaxCharacters(250),
    constraint(
      'isEmail',
      [],
      onText((text) => isPlainLine(text) && isEmail(text.trim())),
    ),
  );

/** An absolute http or https URI. */
export const Uri = (max = 2048): PropertyDecorator =>
  all(
    IsString(),
    MaxCharacters(max),
    constraint(
      'isUri',
      ['http', 'https'],
      onText((text) => isUri(text, 'web')),
    ),
  );

/** Where an identity provider may send a browser back: custom schemes too (RFC 8252), never one that runs or carries content. */
export const RedirectUri = (max = 2048): PropertyDecorator =>
  all(
    IsString(),
    MaxCharacters(max),
    constraint(
      'isUri',
      [],
      onText((text) => isUri(text, 'redirect')),
    ),
  );

/** In ASCII, as a Host header has it (RFC 5890 section 2.3.2.1: A-labels), so that there is one way to write a name. */
export const Hostname = (): PropertyDecorator =>
  all(
    IsString(),
    MaxCharacters(253),
    constraint('isPlainText', [], onText(isPlainLine)),
    constraint('isAscii', [], onText(isAscii)),
    IsFQDN(),
  );

/** The name of a file without a folder, not hidden, with one of these extensions. */
export const FileName = (max: number, extensions: readonly string[]): PropertyDecorator =>
  all(
    Name(max),
    constraint(
      'isFileName',
      extensions,
      onText((text) => isFileName(text, extensions)),
    ),
  );

/** Headers or query parameters that may carry an API key. */
export const KeyNames = (maxItems: number, maxLength: number): PropertyDecorator =>
  all(Strings(maxItems, maxLength, 1), constraint('isKeyName', [], onText(isKeyName), { each: true }));

export const Slug = (max = 80): PropertyDecorator => all(IsString(), MaxCharacters(max), Matches(/^[\w-]+$/));

export const Sha256 = (): PropertyDecorator => all(IsString(), Matches(/^[0-9a-f]{64}$/));

/** ISO 8601 date and time. */
export const Timestamp = (): PropertyDecorator => all(IsString(), IsISO8601({ strict: true, strictSeparator: true }));

/** `removing`: null may stand for a value. */
const labelMap = (removing: boolean): PropertyDecorator =>
  all(
    IsObject(),
    constraint('maxProperties', [50], (map) => Object.keys(map ?? {}).length <= 50),
    constraint('isLabel', [removing], (map) =>
      Object.entries(map ?? {}).every(
        ([key, value]) => isLabelKey(key) && (isLabelValue(value) || (removing && value === null)),
      ),
    ),
  );

/** At most 50 labels; may be absent. */
export const Labels = (): PropertyDecorator => all(Optional(), labelMap(false));

/** Changes to labels: a null value removes that label, null instead of the map removes all; others stay. */
export const LabelsUpdate = (): PropertyDecorator => all(Nullable(), labelMap(true));

/** An object described by another class. `open`: may have fields that the class does not declare. */
export const Nested = (type: new () => object, options: { readonly open?: boolean } = {}): PropertyDecorator =>
  all(IsObject(), ValidateNested({ context: { type, open: options.open ?? false } }));

/** A list of objects described by another class. */
export const NestedList = (type: new () => object, max: number): PropertyDecorator =>
  all(IsArray(), ArrayMaxSize(max), ValidateNested({ each: true, context: { type, open: false } }));

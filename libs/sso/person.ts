import { isEmail } from 'class-validator';
import { isPlainLine } from '#domain/core/text.js';
import type { ClaimMappings } from '#domain/portal/identity-provider.js';
import type { Claims } from './strategy.js';

/** Somebody whom an identity provider vouches for. */
export interface Person {
  readonly issuer: string;
  readonly subject: string;
  /** Absent: the provider names none, or none of use. */
  readonly email?: string;
  /** The provider says that the address is proven. */
  readonly emailVerified: boolean;
  readonly name: string;
  readonly groups: readonly string[];
}

const MAX_GROUPS = 500;
const MAX_TEXT = 250;

type Source = Claims['idToken'];

/** By its name, else along its dots: `realm_access.roles`. */
function claim(source: Source, name: string): unknown {
  if (Object.hasOwn(source, name)) return source[name];
  return name
    .split('.')
    .reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : undefined,
      source,
    );
}

/** One line of text, without what is not shown or turns text around; undefined if nothing remains. */
function line(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = [
    ...value
      .toWellFormed()
      .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  ];
  return text.slice(0, MAX_TEXT).join('').trim() || undefined;
}

const isTrue = (value: unknown): boolean => value === true || value === 'true';

function emailOf(sources: readonly Source[], name: string): string | undefined {
  const found = sources.map((source) => claim(source, name)).find((value) => typeof value === 'string');
  const email = typeof found === 'string' ? found.trim() : '';
  return email.length <= MAX_TEXT && line(email) === email && isEmail(email) ? email : undefined;
}

const groupsOf = (value: unknown): readonly string[] =>
  [value]
    .flat()
    .filter(
      (group): group is string =>
        typeof group === 'string' && group !== '' && group.length <= 255 && isPlainLine(group),
    );

/**
 * What a portal takes from claims of id_token and userinfo (OpenID Connect Core 1.0 section 5.1). `email_verified` speaks of the
 * standard claim `email`, so it counts only for that very address. Providers put groups in either place.
 */
export function personOf({ idToken, userinfo }: Claims, issuer: string, mappings: ClaimMappings): Person {
  const sources = [idToken, userinfo];
  const first = (name: string) => sources.map((source) => line(claim(source, name))).find((value) => value);
  const email = emailOf(sources, mappings.email);
  const given = [first('given_name'), first('family_name')].filter((part) => part).join(' ');
  const groups = new Set(sources.flatMap((source) => groupsOf(claim(source, mappings.groups))));
  return {
    issuer,
    subject: String(idToken['sub']),
    ...(email === undefined ? {} : { email }),
    emailVerified:
      email !== undefined &&
      sources.some((source) => isTrue(source['email_verified']) && String(source['email']).trim() === email),
    name: first(mappings.name) ?? (given || (first('preferred_username') ?? email?.split('@')[0] ?? 'Unnamed')),
    groups: [...groups].slice(0, MAX_GROUPS),
  };
}

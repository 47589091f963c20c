import type { View } from './port.js';

const VERSIONED = /^(([^.]+)\..+)\.v(\d+)$/;

/**
 * Says which event types a view may pass over, of those that it has no rule for. Not those that a newer release must have
 * written: a later version of an event that it does apply; or, if `isKnown` says what this release has, an unknown event of an
 * aggregate that it follows. To pass over them would make the view silently wrong.
 */
export function passable(rules: View['rules'], isKnown?: (type: string) => boolean): (type: string) => boolean {
  const versions = new Map<string, number>();
  const aggregates = new Set<string>();
  for (const type of Object.keys(rules)) {
    const [, name, aggregate, version] = VERSIONED.exec(type) ?? [];
    if (name === undefined || aggregate === undefined) continue;
    versions.set(name, Math.max(versions.get(name) ?? 0, Number(version)));
    aggregates.add(aggregate);
  }
  return (type) => {
    const [, name, aggregate, version] = VERSIONED.exec(type) ?? [];
    if (name === undefined || aggregate === undefined) return true;
    if (Number(version) > (versions.get(name) ?? Infinity)) return false;
    return !isKnown || isKnown(type) || !aggregates.has(aggregate);
  };
}

/**
 * The next version of each event type. A newer release may write them; whoever follows up on the type and does not know the
 * version must stop there, or what it stands for would be left undone for ever.
 */
export function newerThan(types: ReadonlySet<string>): readonly string[] {
  return [...types].flatMap((type) => {
    const [, name, version] = /^(.+\.v)(\d+)$/.exec(type) ?? [];
    const next = `${name}${Number(version) + 1}`;
    return name === undefined || types.has(next) ? [] : [next];
  });
}

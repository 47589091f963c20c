import { invalid } from './problem.js';

interface Range {
  readonly type: string;
  readonly quality: number;
}

/** How closely a media range names a media type: 3 the type itself, 2 `text/*`, 1 any, 0 not at all. */
function closeness(range: string, mediaType: string): number {
  if (range === mediaType) return 3;
  if (range === '*/*') return 1;
  return range.endsWith('/*') && mediaType.startsWith(range.slice(0, -1)) ? 2 : 0;
}

function rangesOf(accept: string): readonly Range[] {
  return accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = weight === undefined ? 1 : Number(weight.slice(2));
    return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
  });
}

/**
 * The media type on offer that an Accept header prefers (RFC 9110 section 12.5.1): the highest quality, then the one named
 * most closely, then the first offered. Without a header, the first.
 * @throws Problem 400 if none is acceptable (the portal API declares no 406)
 */
export function negotiate<T extends string>(accept: string | undefined, offers: readonly [T, ...T[]]): T {
  if (accept === undefined || accept.trim() === '') return offers[0];
  const ranges = rangesOf(accept);
  let best: { offer: T; quality: number; close: number } | undefined;
  for (const offer of offers) {
    const byCloseness = ranges.map(({ type, quality }) => ({ offer, quality, close: closeness(type, offer) }));
    const named = byCloseness.reduce((a, b) => (b.close > a.close ? b : a));
    if (named.close === 0 || named.quality === 0) continue;
    const better =
      !best || named.quality > best.quality || (named.quality === best.quality && named.close > best.close);
    if (better) best = named;
  }
  if (best) return best.offer;
  throw invalid({
    field: 'Accept',
    reason: `must allow one of ${offers.join(', ')}`,
    rule: 'enum',
    choices: offers,
    source: 'header',
  });
}

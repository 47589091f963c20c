import type { View } from './port.js';

/**
 * The collections of a view: `<view>_v<version>`, and `<view>_v<version>_r<n>` for the n-th rebuild of the same version.
 */
export interface Generation {
  readonly collection: string;
  readonly version: number;
  readonly rebuild: number;
}

export const collectionName = (view: string, version: number, rebuild = 0): string =>
  rebuild === 0 ? `${view}_v${version}` : `${view}_v${version}_r${rebuild}`;

/** Copies of one version of a view, one after the other: what one process at a time keeps up to date. */
export const lineOf = ({ name, version }: Pick<View, 'name' | 'version'>): string => collectionName(name, version);

/** A view's collections of one version, oldest first. */
export function generationsOf(view: string, version: number, collections: readonly string[]): readonly Generation[] {
  return allGenerationsOf(view, collections)
    .filter((generation) => generation.version === version)
    .sort((a, b) => a.rebuild - b.rebuild);
}

/** All of a view's collections, of every version. */
export function allGenerationsOf(view: string, collections: readonly string[]): readonly Generation[] {
  return collections.flatMap((collection) => {
    const match = /^(\w+)_v(\d+)(?:_r(\d+))?$/.exec(collection);
    if (match?.[1] !== view) return [];
    return [{ collection, version: Number(match[2]), rebuild: Number(match[3] ?? 0) }];
  });
}

/** The name of the next copy of a version. */
export function nextCollection(view: string, version: number, collections: readonly string[]): string {
  const newest = generationsOf(view, version, collections).at(-1);
  return collectionName(view, version, newest ? newest.rebuild + 1 : 0);
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { projectRoot } from '../version.js';

const OWN = fileURLToPath(new URL('./browser/', import.meta.url));
/** scripts/build.mjs takes it out of its package, with its licence. */
const BUILT = join(projectRoot(), 'dist', 'scalar');

const SCRIPT = 'text/javascript; charset=utf-8';

/** The files that the page loads, and no other. */
const FILES: Readonly<Record<string, { readonly folder: string; readonly type: string }>> = {
  'scalar.js': { folder: BUILT, type: SCRIPT },
  'before.js': { folder: OWN, type: SCRIPT },
  'start.js': { folder: OWN, type: SCRIPT },
  'calls.js': { folder: OWN, type: SCRIPT },
  'page.css': { folder: OWN, type: 'text/css; charset=utf-8' },
};

export interface PageFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** Reads and compresses each file once. */
export function createPageFiles(): (name: string) => Promise<PageFile> | undefined {
  const read = new Map<string, Promise<PageFile>>();
  return (name) => {
    if (!Object.hasOwn(FILES, name)) return undefined;
    let file = read.get(name);
    if (!file) read.set(name, (file = load(name, FILES[name]!)));
    return file;
  };
}

async function load(name: string, { folder, type }: (typeof FILES)[string]): Promise<PageFile> {
  const plain = await readFile(join(folder, name));
  return { type, plain, gzipped: await promisify(gzip)(plain, { level: 9 }) };
}

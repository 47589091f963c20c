import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, from source as from dist/. */
export function projectRoot(from = dirname(fileURLToPath(import.meta.url))): string {
  try {
    if (JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')).name === 'gatehouse') return from;
  } catch {
    // not here: look above
  }
  return projectRoot(dirname(from));
}

/** This version of Gatehouse, from package.json. */
export const VERSION: string = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')).version;

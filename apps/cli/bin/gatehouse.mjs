#!/usr/bin/env node
// Builds first if dist/ is missing or older than the sources, then runs the compiled command.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const main = join(root, 'dist/apps/cli/main.js');
const stamp = join(root, 'dist/tsconfig.build.tsbuildinfo');

const newest = (dir) =>
  Math.max(
    ...readdirSync(dir, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
  );

const sources = ['apps', 'libs', 'test'].map((dir) => join(root, dir)).filter((dir) => existsSync(dir));
const fresh = existsSync(main) && existsSync(stamp) && Math.max(...sources.map(newest)) <= statSync(stamp).mtimeMs;
if (!fresh && existsSync(join(root, 'tsconfig.build.json'))) {
  console.error('Building...');
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: ['ignore', 2, 2] });
}
await import(pathToFileURL(main).href);

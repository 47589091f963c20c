#!/usr/bin/env node
// Builds first if dist/ is missing or older than the sources, then runs the compiled command.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const main = join(root, 'dist/apps/cli/main.js');
const stamp = join(root, 'dist/.built');

const newest = (dir) =>
  Math.max(
    ...readdirSync(dir, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
  );

const inRoot = (names) => names.map((name) => join(root, name)).filter((path) => existsSync(path));
const sources = inRoot(['apps', 'libs', 'test']).map(newest);
const settings = inRoot(['package.json', 'tsconfig.json', 'tsconfig.build.json']).map((file) => statSync(file).mtimeMs);
const fresh = existsSync(main) && existsSync(stamp) && Math.max(...sources, ...settings) <= statSync(stamp).mtimeMs;
if (!fresh && existsSync(join(root, 'tsconfig.build.json'))) {
  console.error('Building...');
  try {
    execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: ['ignore', 2, 2] });
  } catch {
    console.error('The build failed; see above.');
    process.exit(1);
  }
}
await import(pathToFileURL(main).href);

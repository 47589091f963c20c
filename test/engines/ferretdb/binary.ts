import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const MODULE = 'github.com/FerretDB/FerretDB';
export const VERSION = 'v1.24.0';

/**
 * The path of the FerretDB server, built with the ordinary Go client unless an earlier run has left it in the user's cache
 * folder. It is built from a module of our own: built as the main module, it wants a file that only its own build makes.
 * @throws if there is no Go, or the module cannot be had
 */
export function ferretdbBinary(): string {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'gatehouse');
  const binary = join(cache, `ferretdb-${VERSION}`);
  if (existsSync(binary)) return binary;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-ferretdb-build-'));
  const go = (...words: string[]): unknown =>
    execFileSync('go', words, { cwd: folder, env: { ...process.env, CGO_ENABLED: '0' }, stdio: ['ignore', 2, 2] });
  console.error(`building FerretDB ${VERSION}; this takes a few minutes, once`);
  try {
    writeFileSync(join(folder, 'go.mod'), `module gatehouse.test/engines\n\ngo 1.22\n`);
    go('get', `${MODULE}/cmd/ferretdb@${VERSION}`);
    go('build', '-trimpath', '-o', 'ferretdb', `${MODULE}/cmd/ferretdb`);
    mkdirSync(cache, { recursive: true });
    const whole = `${binary}.${process.pid}`;
    execFileSync('cp', [join(folder, 'ferretdb'), whole]);
    renameSync(whole, binary);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return binary;
}

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const MODULE = 'github.com/FerretDB/FerretDB';
const VERSION = 'v1.24.0';

/**
 * The path of the FerretDB server, built with the ordinary Go client unless an earlier run has left it in the user's cache
 * folder. Go needs no C compiler for it.
 * @throws if there is no Go, or the module cannot be had
 */
export function ferretdbBinary(): string {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'gatehouse');
  const binary = join(cache, `ferretdb-${VERSION}`);
  if (existsSync(binary)) return binary;
  console.error(`building FerretDB ${VERSION}; this takes a few minutes, once`);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-ferretdb-build-'));
  try {
    build(folder, `${binary}.${process.pid}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
  renameSync(`${binary}.${process.pid}`, binary);
  return binary;
}

/** From a copy of the module's folder: `go install` leaves out the one file that tells a server its version, and it will not start without. */
function build(folder: string, binary: string): void {
  const env = { ...process.env, CGO_ENABLED: '0' };
  const go = (cwd: string, ...words: string[]): string => execFileSync('go', words, { cwd, env, encoding: 'utf8' });
  const { Dir } = JSON.parse(go(folder, 'mod', 'download', '-json', `${MODULE}@${VERSION}`)) as { Dir: string };
  const source = join(folder, 'source');
  execFileSync('cp', ['-R', Dir, source]);
  execFileSync('chmod', ['-R', 'u+w', source]);
  writeFileSync(join(source, 'build', 'version', 'version.txt'), VERSION);
  go(source, 'build', '-trimpath', '-buildvcs=false', '-o', binary, './cmd/ferretdb');
}

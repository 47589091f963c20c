// Compiles apps, libs and test into dist/ and copies what is not TypeScript. Incremental: nothing changed costs about a second.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
// What is not there says that dist/ cannot be trusted: the command line builds again.
const stamp = join(root, 'dist', '.built');
rmSync(stamp, { force: true });
execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit', cwd: root });
writeFileSync(stamp, '');

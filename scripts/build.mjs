// Compiles apps, libs and test into dist/ and copies what is not TypeScript. Incremental: nothing changed costs about a second.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
// What is not there says that dist/ cannot be trusted: the command line builds again.
const stamp = join(root, 'dist', '.built');
rmSync(stamp, { force: true });
execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit', cwd: root });
cpSync(join(root, 'apps/api/reference/browser'), join(root, 'dist/apps/api/reference/browser'), {
  recursive: true,
  filter: (file) => !file.endsWith('.ts'),
});
await takeScalar(join(root, 'dist', 'scalar'));
writeFileSync(stamp, '');

/**
 * Scalar's API reference for browsers as one file, the way its package serves it, under its licence. Only here, so that what
 * runs in production needs neither the package nor its dependencies.
 */
async function takeScalar(folder) {
  const from = join(root, 'node_modules/@scalar/fastify-api-reference');
  const { version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const file = join(folder, 'scalar.js');
  const first = `/*! Scalar API Reference, from @scalar/fastify-api-reference ${version}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8').startsWith(first)) return;
  const [{ default: fastify }, { default: reference }] = await Promise.all([
    import('fastify'),
    import('@scalar/fastify-api-reference'),
  ]);
  const server = fastify();
  await server.register(reference, { routePrefix: '/reference', configuration: { content: { openapi: '3.1.0' } } });
  const { statusCode, body } = await server.inject('/reference/js/scalar.js');
  await server.close();
  if (statusCode !== 200 || !body.includes('createApiReference')) throw new Error('Scalar is not where it was.');
  const licence = readFileSync(join(from, 'LICENSE'), 'utf8').trim();
  const bundle = body.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${first}\n${licence}\n*/\n${bundle}`);
}

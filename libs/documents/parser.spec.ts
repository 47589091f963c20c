import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createSpecificationParser, type SpecificationParser } from './parser.js';

const specification = Buffer.from('openapi: 3.1.0\ninfo: {title: A}\npaths: {/a: {get: {}}}\n');

describe('the parser in this process', () => {
  let parser: SpecificationParser;
  beforeEach(() => (parser = createSpecificationParser({ inProcess: true })));
  afterEach(() => parser.close());

  it('reads specifications', async () => {
    expect(await parser.parse(specification, 'a.yaml')).toMatchObject({ ok: true, title: 'A' });
  });

  it('refuses what is not UTF-8', async () => {
    expect(await parser.parse(Buffer.from([0xff]), 'a.yaml')).toMatchObject({ problem: { code: 'not_utf8' } });
    expect(await parser.documentNodes(Buffer.from([0xff]))).toMatchObject({ problem: { code: 'not_utf8' } });
  });

  it('makes the nodes of one document once', async () => {
    const first = await parser.documentNodes(Buffer.from('# A'));
    expect(first).toMatchObject({ ok: true, document: { type: 'document' } });
    expect(await parser.documentNodes(Buffer.from('# A'))).toBe(first);
  });
});

/** A worker thread runs compiled code only, so these run against dist/, in a process of their own. */
const compiled = new URL('../../dist/libs/documents/parser.js', import.meta.url);
const isCompiled = existsSync(fileURLToPath(compiled)) && existsSync(new URL('./worker.js', compiled));
// eslint-disable-next-line no-console -- a skipped test says so
if (!isCompiled) console.warn('SKIPPED: the parser in a worker thread. There is no dist/: run `npm run build` first.');

/** Runs a script that has `createSpecificationParser` and `specification`; the JSON that it passes to `answer`. */
async function inNode(script: string): Promise<unknown> {
  const source = `
    import { createSpecificationParser } from ${JSON.stringify(compiled.href)};
    const specification = Buffer.from(${JSON.stringify(specification.toString())});
    const answer = (value) => console.log(JSON.stringify(value));
    const slow = Buffer.from('a\\n=\\n'.repeat(200_000)); // Markdown that takes minutes
    const hungry = Buffer.from('- '.repeat(4_000_000)); // YAML that takes gigabytes
    ${script}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source]);
  return JSON.parse(stdout);
}

(isCompiled ? describe : describe.skip)('the parser in a worker thread', () => {
  it('reads one document after the other, and lets the process end without being closed', async () => {
    const results = await inNode(`
      const parser = createSpecificationParser();
      answer(await Promise.all([
        parser.parse(specification, 'a.yaml'),
        parser.parse(Buffer.from('nothing'), 'a.yaml'),
        parser.documentNodes(Buffer.from('# A')),
      ]));`);
    expect(results).toMatchObject([{ ok: true, title: 'A' }, { problem: { code: 'not_openapi' } }, { ok: true }]);
  });

  it('ends a document that takes too long, and reads the next', async () => {
    const results = await inNode(`
      const parser = createSpecificationParser({ maxMilliseconds: 2000 });
      answer([await parser.documentNodes(slow), await parser.parse(specification, 'a.yaml')]);
      await parser.close();`);
    expect(results).toMatchObject([{ problem: { code: 'timed_out' } }, { ok: true }]);
  });

  it('ends a document that takes too much memory, and reads the next', async () => {
    const results = await inNode(`
      const parser = createSpecificationParser({ maxOldGenerationMb: 64 });
      answer([await parser.parse(hungry, 'a.yaml'), await parser.parse(specification, 'a.yaml')]);
      await parser.close();`);
    expect(results).toMatchObject([{ problem: { code: 'too_large' } }, { ok: true }]);
  });

  it('starts again after it had nothing to do', async () => {
    const results = await inNode(`
      const parser = createSpecificationParser({ idleMilliseconds: 1 });
      const first = await parser.parse(specification, 'a.yaml');
      await new Promise((resume) => setTimeout(resume, 100));
      answer([first, await parser.parse(specification, 'a.yaml')]);`);
    expect(results).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it('goes on after content so large that its worker ends', async () => {
    const results = await inNode(`
      const parser = createSpecificationParser({ largeBytes: 10 });
      answer(await Promise.all([parser.parse(specification, 'a.yaml'), parser.parse(specification, 'b.yaml')]));`);
    expect(results).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it('refuses more than may wait, and rejects what waits when it is closed', async () => {
    const results = await inNode(`
      const parser = createSpecificationParser({ maxWaiting: 1 });
      const all = [1, 2, 3].map((n) => parser.documentNodes(Buffer.concat([slow, Buffer.from(String(n))])).catch(String));
      const busy = await all[2];
      await parser.close();
      answer([busy, ...(await Promise.all(all.slice(0, 2))), await parser.parse(specification, 'a.yaml').catch(String)]);`);
    expect(results).toEqual([
      'ParserBusy: Too many documents are being read; try again in a moment',
      'Error: The parser was ended while it worked',
      'Error: The parser is closed',
      'Error: The parser is closed',
    ]);
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { openEngines } from './open.js';
import { isUnavailable } from './patience.js';
import { EMBEDDED, engineSettings } from './settings.js';

const COMPILED = resolve('dist/apps/engines/open.js');

describe('opening the engines', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-open-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('makes the files of the embedded engine, and lets views be written by another connection only', async () => {
    const engines = await openEngines({ dataDir, engines: EMBEDDED }, { readModels: 'read' });
    expect(engines.kind).toBe('embedded');
    expect([await engines.store.head(), await engines.readModels.collections()]).toEqual([0n, []]);
    await expect(engines.readModels.setPointer('portals', 'portals_v1')).rejects.toThrow();
    await engines.close();
    expect(readdirSync(dataDir)).toEqual(expect.arrayContaining(['blobs.db', 'log.db', 'vault.db', 'views.db']));
  });

  it('loads no server’s client on the embedded engine', () => {
    if (!existsSync(COMPILED)) throw new Error('there is no dist/: run `npm run build` first');
    const script = `
      import { createRequire } from 'node:module';
      const { openEngines } = await import(${JSON.stringify(COMPILED)});
      const engines = await openEngines(JSON.parse(process.argv[1]));
      await engines.close();
      const loaded = Object.keys(createRequire(import.meta.url).cache);
      console.log(JSON.stringify(loaded.filter((file) => /@eventstore|@grpc|node_modules.mongodb|photostructure/.test(file))));`;
    const config = JSON.stringify({ dataDir, engines: EMBEDDED });
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script, '--', config]);
    const loaded = JSON.parse(printed.toString()) as string[];
    expect(loaded.filter((file) => !file.includes('photostructure'))).toEqual([]);
    // What is loaded is looked for in the right place.
    expect(loaded.length).toBeGreaterThan(0);
  });

  describe('on servers that are not there', () => {
    let port: number;
    beforeEach(async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((listening) => server.once('listening', listening));
      ({ port } = server.address() as AddressInfo);
      await new Promise((closed) => server.close(closed));
    });

    it.each([
      ['GATEHOUSE_EVENT_STORE', () => `esdb://admin:s3cret@127.0.0.1:${port}?tls=false`],
      ['GATEHOUSE_READ_MODELS', () => `mongodb://admin:s3cret@127.0.0.1:${port}/?serverSelectionTimeoutMS=100`],
      ['GATEHOUSE_VAULT', () => `mongodb://admin:s3cret@127.0.0.1:${port}/?serverSelectionTimeoutMS=100`],
    ])('fails in a way that can be tried again, and names no password: %s', async (name, url) => {
      const engines = engineSettings({ [name]: url() });
      const givenUp = (error: Error): never => {
        throw new Error('tried again', { cause: error });
      };
      const opening = openEngines({ dataDir, engines }, { patienceMs: 600_000, onWaiting: givenUp });
      const error: unknown = await opening.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ message: 'tried again' });
      expect(isUnavailable((error as Error).cause)).toBe(true);
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('s3cret');
    });
  });
});

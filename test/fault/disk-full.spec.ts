import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLog } from './checks/log.js';
import { checkViews } from './checks/views.js';
import { copyFiles, readLog } from './engine-files.js';
import { createHistory, resultOf, type Operation } from './history.js';
import { quiet } from './quiet.js';
import { isAccepted, problemCode, sameAnswer, send, type Answer, type Connection } from './send.js';
import { startServer, type ServerProcess } from './server-process.js';

/** A limit on the size of files is a full disk that needs no root to make, and that can be lifted while the server runs. */
const PRLIMIT = '/usr/bin/prlimit';
const LIMIT_KB = 1_500;
const MANY = 1_000;

const whereItCanBeMade = process.platform === 'linux' && existsSync(PRLIMIT) ? describe : describe.skip;

whereItCanBeMade('a disk that is full', () => {
  let folder: string;
  let dataDir: string;
  let server: ServerProcess;
  let connection: Connection;
  const history = createHistory();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-full-'));
    dataDir = join(folder, 'data');
    server = startServer(dataDir, { fileSizeKb: LIMIT_KB });
    const url = await server.listening;
    connection = { url, adminToken: readFileSync(join(dataDir, 'admin-token'), 'utf8').trim() };
  });
  afterAll(async () => {
    if (server.alive()) await server.kill();
    await rm(folder, { recursive: true });
  });

  const ask = async ({ request, key }: Operation): Promise<Answer> => (await send(connection, request, key))!;
  const get = async (path: string): Promise<number> => (await send(connection, { method: 'GET', path }))!.status;

  /** What is refused for want of room stays open. */
  async function order(command: string, body: object): Promise<{ operation: Operation; answer: Answer }> {
    const operation = history.add(command, { method: 'POST', path: `/commands/${command}`, body });
    const answer = await ask(operation);
    if (isAccepted(answer)) operation.answer = answer;
    return { operation, answer };
  }

  it('refuses commands with 503, loses nothing, and goes on when there is room again', async () => {
    const { operation: creation } = await order('CreateProduct', { name: 'Large' });
    const { id: product_id } = resultOf(creation);
    const edit = (n: number) =>
      order('EditProduct', { product_id, description: `${n} `.repeat(9_000).slice(0, 9_000) });
    let edits = 0;
    let last: Answer;
    do last = (await edit(++edits)).answer;
    while (isAccepted(last) && edits < MANY);
    for (let more = 0; more < 3; more++) {
      expect([last.status, problemCode(last), last.retryAfter]).toEqual([503, 'store_unavailable', '2']);
      last = (await edit(++edits)).answer;
    }
    expect(await Promise.all(['/livez', '/commands', '/status'].map(get))).toEqual([200, 200, 200]);
    const first = history.operations[1]!;
    expect(sameAnswer(await ask(first), first.answer!)).toBe(true);

    execFileSync(PRLIMIT, ['--pid', String(server.pid), '--fsize=unlimited:unlimited']);
    const refused = history.open();
    expect(refused.length).toBeGreaterThanOrEqual(4);
    for (const operation of refused) operation.answer = await ask(operation);
    expect(refused.map(({ answer }) => answer!.status)).toEqual(refused.map(() => 200));
    expect((await edit(++edits)).answer.status).toBe(200);
    await quiet(connection, { reactors: true });
    await server.stop();

    const log = await readLog(dataDir);
    expect(log.damage).toEqual([]);
    expect(checkLog(log.events, 0n, history.operations)).toMatchObject({ kept: edits + 1, lost: [], foreign: [] });
    const copy = join(folder, 'copy');
    copyFiles(dataDir, copy);
    expect(await checkViews(copy, folder)).toMatchObject({ violations: [] });
  }, 120_000);
});

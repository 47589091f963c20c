import { hash, parseOptions } from '@node-rs/argon2';
import { createBoundedQueue, TooBusy } from './bounded-queue.js';
import { createPasswords, needsRehash } from './passwords.js';
import type { TemporaryVault } from './testing.js';
import { temporaryVault } from './testing.js';

const password = 'vier Dosen Linsensuppe';

describe('passwords', () => {
  let t: TemporaryVault;
  beforeEach(() => {
    t = temporaryVault();
  });
  afterEach(() => t.destroy());
  const hashOf = async (id: string) => ((await t.vault.get('password', id))?.value as { hash: string }).hash;

  it('verify what was set, and nothing else', async () => {
    const passwords = createPasswords(t);
    expect(await passwords.has('ada')).toBe(false);
    await passwords.set('ada', password);
    expect(await passwords.has('ada')).toBe(true);
    expect(await passwords.verify('ada', password)).toBe(true);
    expect(await passwords.verify('ada', `${password} `)).toBe(false);
    expect(await passwords.verify('bob', password)).toBe(false);
    expect(await passwords.verify(undefined, password)).toBe(false);
    await passwords.set('ada', 'another one altogether');
    expect(await passwords.verify('ada', password)).toBe(false);
    await passwords.remove('ada');
    expect(await passwords.verify('ada', 'another one altogether')).toBe(false);
  });

  it('do not mind how an accent was typed', async () => {
    const passwords = createPasswords(t);
    await passwords.set('ada', 'cafe\u0301 au lait noir');
    expect(await passwords.verify('ada', 'café au lait noir')).toBe(true);
  });

  it('are stored as argon2id of the stated strength, and nowhere in plain', async () => {
    await createPasswords(t).set('ada', password);
    expect(await hashOf('ada')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(parseOptions(await hashOf('ada')).saltLen).toBe(16);
    expect(needsRehash(await hashOf('ada'))).toBe(false);
    expect(t.bytes().includes(password)).toBe(false);
  });

  it('renew a weaker hash when it was right, and only then', async () => {
    const passwords = createPasswords(t);
    const weak = await hash(password, { memoryCost: 1024, timeCost: 1, parallelism: 1 });
    expect(needsRehash(weak)).toBe(true);
    await t.vault.put('password', 'ada', { hash: weak }, { owner: 'ada' });
    expect(await passwords.verify('ada', 'not the right one')).toBe(false);
    expect(await hashOf('ada')).toBe(weak);
    expect(await passwords.verify('ada', password)).toBe(true);
    expect(needsRehash(await hashOf('ada'))).toBe(false);
    expect(await passwords.verify('ada', password)).toBe(true);
  });

  it('hash for an unknown account too: it takes a place in the queue like any other', async () => {
    const passwords = createPasswords({ ...t, parallel: 1, waiting: 0 });
    const results = await Promise.allSettled([
      passwords.verify(undefined, password),
      passwords.verify('nobody', password),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: expect.any(TooBusy) });
    expect(await passwords.verify(undefined, password)).toBe(false);
  });
});

describe('the bounded queue', () => {
  it('runs so many at once, in order, and refuses what would wait too long', async () => {
    const run = createBoundedQueue({ parallel: 2, waiting: 3 });
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const job = (n: number) => run(() => (started.push(n), new Promise<number>((done) => finish.push(() => done(n)))));
    const jobs = [0, 1, 2, 3, 4].map(job);
    await expect(job(5)).rejects.toThrow(TooBusy);
    expect(started).toEqual([0, 1]);
    finish[0]!();
    await jobs[0];
    await new Promise(setImmediate);
    expect(started).toEqual([0, 1, 2]);
    for (let i = 1; i < 5; i += 1) {
      finish[i]!();
      await jobs[i];
      await new Promise(setImmediate);
    }
    expect(started).toEqual([0, 1, 2, 3, 4]);
    const after = job(6);
    finish[5]!();
    expect(await after).toBe(6);
  });

  it('goes on after a job that fails', async () => {
    const run = createBoundedQueue({ parallel: 1, waiting: 1 });
    const failing = run(() => Promise.reject(new Error('no')));
    const next = run(async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(await run(async () => 'again')).toBe('again');
  });
});

import { createListener, publish } from './notices.js';
import { answerRequests, ask, NotAnswered } from './requests.js';
import { temporaryVault, type TemporaryVault } from '#vault/testing.js';

describe('holders of leases', () => {
  let temporary: TemporaryVault;
  beforeEach(() => {
    temporary = temporaryVault();
  });
  afterEach(() => temporary.destroy());
  const now = () => temporary.clock.now;

  it('are heard by others: the newest token counts, and silence is measured', async () => {
    const { vault } = temporary;
    let time = 0;
    const listener = createListener({ vault, kind: 'said', monotonic: () => time });
    const say = (holder: string, token: number, value: unknown) =>
      publish(vault, 'said', holder, [{ name: 'one', token, value }], now);
    await say('a', 1, 'first');
    expect((await listener.hear()).get('one')).toEqual({ name: 'one', token: 1, value: 'first', silentMs: 0 });
    await say('b', 2, 'second');
    await listener.hear();
    time += 5_000;
    await say('a', 1, 'late');
    expect((await listener.hear()).get('one')).toEqual({ name: 'one', token: 2, value: 'second', silentMs: 5_000 });
    await say('b', 2, 'third');
    expect((await listener.hear()).get('one')).toMatchObject({ value: 'third', silentMs: 0 });
    expect((await createListener({ vault, kind: 'other' }).hear()).size).toBe(0);
  });

  it('do what they are asked, once, and answer', async () => {
    const { vault } = temporary;
    const done: string[] = [];
    const serve = (mine: string) =>
      answerRequests(
        vault,
        (lease) => lease === mine,
        async ({ what }) => {
          done.push(`${mine} ${what}`);
          if (what === 'fail') throw new Error('cannot');
          return 3;
        },
      );
    const asked = [
      ask(
        vault,
        [
          { to: 'one', what: 'go' },
          { to: 'one', what: 'go on' },
        ],
        { timeoutMs: 10_000, now },
      ),
      ask(vault, [{ to: 'one', what: 'fail' }], { timeoutMs: 10_000, now }).catch((error: Error) => error.message),
    ];
    await new Promise(setImmediate);
    await serve('two');
    await serve('one');
    await serve('one');
    expect(await Promise.all(asked)).toEqual([[3, 3], 'cannot']);
    expect(done.sort()).toEqual(['one fail', 'one go', 'one go on']);
  });

  it('that are not there do not answer', async () => {
    await expect(ask(temporary.vault, [{ to: 'one', what: 'go' }], { timeoutMs: 1, now })).rejects.toThrow(NotAnswered);
  });
});

import { envelope } from './envelope.js';
import { FoldCache } from './fold-cache.js';
import { CommandHandler } from './handler.js';
import { ADMIN, testHandling, type TestHandling } from './testing.js';
import { parseCommand } from '#domain/core/violations.js';
import { COMMANDS } from '#domain/command-table.js';
import { StoreUnavailable, type EventStore } from '#event-store/port.js';

describe('commands behind a log that is slow', () => {
  let handling: TestHandling;
  beforeEach(async () => {
    handling = await testHandling();
  });
  afterEach(() => handling.destroy());

  it('are turned away beyond the most at once, and taken again afterwards', async () => {
    let answer = (): void => undefined;
    const thawed = new Promise<void>((resolve) => (answer = resolve));
    const slow: EventStore = {
      ...handling.store,
      append: (append) => thawed.then(() => handling.store.append(append)),
    };
    const questions = { answer: async () => ({ value: 0, position: 0n }) };
    const reader = { cache: new FoldCache(slow), store: slow, secrets: handling.keyring, questions };
    const handler = new CommandHandler(reader, undefined, 2);
    const create = (name: string) => {
      const parsed = parseCommand(COMMANDS.get('CreateProduct')!.command, { name });
      if ('violations' in parsed) throw new Error(JSON.stringify(parsed.violations));
      return handler.execute(envelope('CreateProduct', parsed.command, ADMIN));
    };
    const taken = [create('One'), create('Two')];
    await expect(create('Three')).rejects.toThrow(StoreUnavailable);
    answer();
    expect((await Promise.all(taken)).map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    expect((await create('Four')).kind).toBe('accepted');
  });
});

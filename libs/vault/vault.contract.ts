import type { VaultStore } from './port.js';

/** One vault under test. The clock belongs to the test. */
export interface VaultUnderTest {
  open(now: () => number): Promise<VaultStore>;
  /** Removes what `open` made; called after every test. */
  destroy(): Promise<void>;
}

/** What every vault store must do. `make` gives a fresh, empty vault each time; opening it again finds the same records. */
export function vaultContract(name: string, make: () => VaultUnderTest): void {
  describe(`vault contract: ${name}`, () => {
    let clock: number;
    let subject: VaultUnderTest;
    let vault: VaultStore;

    beforeEach(async () => {
      clock = 1_000_000;
      subject = make();
      vault = await subject.open(() => clock);
    });
    afterEach(async () => {
      await vault.close();
      await subject.destroy();
    });

    const ids = (records: readonly { id: string }[]) => records.map(({ id }) => id);

    describe('insert, put and get', () => {
      it('keeps JSON values as they are', async () => {
        const value = { text: 'é \u{1F512} \u2028 \u0000', list: [1, null, true], nested: { '10': 'a', '2': 'b' } };
        await vault.insert('thing', 'a', value);
        expect(await vault.get('thing', 'a')).toEqual({ id: 'a', value, version: 1 });
      });

      it('refuses a value that is not JSON', async () => {
        await expect(vault.put('thing', 'a', undefined)).rejects.toThrow(TypeError);
        expect(await vault.get('thing', 'a')).toBeUndefined();
      });

      it('inserts once and keeps the first value', async () => {
        expect(await vault.insert('thing', 'a', 1)).toBe(true);
        expect(await vault.insert('thing', 'a', 2)).toBe(false);
        expect((await vault.get('thing', 'a'))?.value).toBe(1);
      });

      it('lets exactly one of many simultaneous inserts win', async () => {
        const won = await Promise.all(Array.from({ length: 50 }, (_, i) => vault.insert('thing', 'a', i)));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect((await vault.get('thing', 'a'))?.value).toBe(won.indexOf(true));
      });

      it('keeps kinds apart', async () => {
        await vault.put('thing', 'a', 1);
        expect(await vault.get('other', 'a')).toBeUndefined();
        expect(await vault.insert('other', 'a', 2)).toBe(true);
      });

      it('counts versions and takes owner and expiry from the latest write', async () => {
        await vault.put('thing', 'a', 1, { owner: 'o', expiresAt: clock + 10 });
        expect(await vault.get('thing', 'a')).toEqual({
          id: 'a',
          value: 1,
          version: 1,
          owner: 'o',
          expiresAt: clock + 10,
        });
        await vault.put('thing', 'a', 2);
        expect(await vault.get('thing', 'a')).toEqual({ id: 'a', value: 2, version: 2 });
      });

      it('gets several at once and leaves out what is missing', async () => {
        await Promise.all(['a', 'b', 'c'].map((id) => vault.put('thing', id, id.toUpperCase())));
        const found = await vault.getMany('thing', ['c', 'x', 'a']);
        expect(new Map([...found].map(([id, record]) => [id, record.value]))).toEqual(new Map([['a', 'A'], ['c', 'C']])); // prettier-ignore
        expect((await vault.getMany('thing', [])).size).toBe(0);
      });

      it('answers a write only when a read sees it', async () => {
        const seen = await Promise.all(
          Array.from({ length: 20 }, async (_, i) => {
            await vault.put('thing', `t${i}`, i);
            return (await vault.get('thing', `t${i}`))?.value;
          }),
        );
        expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
      });
    });

    describe('replace', () => {
      it('needs the present version', async () => {
        await vault.put('thing', 'a', 1);
        expect(await vault.replace('thing', 'a', 2, 'x')).toBe(false);
        expect(await vault.replace('thing', 'a', 1, 2, { owner: 'o' })).toBe(true);
        expect(await vault.get('thing', 'a')).toEqual({ id: 'a', value: 2, version: 2, owner: 'o' });
        expect(await vault.replace('thing', 'absent', 1, 2)).toBe(false);
      });

      it('lets exactly one of many simultaneous replacements win', async () => {
        await vault.put('thing', 'a', 'old');
        const won = await Promise.all(Array.from({ length: 50 }, (_, i) => vault.replace('thing', 'a', 1, i)));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await vault.get('thing', 'a')).toEqual({ id: 'a', value: won.indexOf(true), version: 2 });
      });
    });

    describe('expiry', () => {
      beforeEach(() => vault.put('thing', 'a', 1, { owner: 'o', expiresAt: clock + 10 }));

      it('keeps a record until its time', async () => {
        clock += 9;
        expect((await vault.get('thing', 'a'))?.value).toBe(1);
      });

      it('hides an expired record from everything', async () => {
        clock += 10;
        expect(await vault.get('thing', 'a')).toBeUndefined();
        expect((await vault.getMany('thing', ['a'])).size).toBe(0);
        expect(await vault.list('thing', { limit: 9 })).toEqual([]);
        expect(await vault.list('thing', { owner: 'o', limit: 9 })).toEqual([]);
        expect(await vault.replace('thing', 'a', 1, 2)).toBe(false);
        expect(await vault.delete('thing', 'a')).toBe(false);
      });

      it('makes room for a new insert', async () => {
        clock += 10;
        expect(await vault.insert('thing', 'a', 2)).toBe(true);
        expect((await vault.get('thing', 'a'))?.value).toBe(2);
        expect((await vault.get('thing', 'a'))?.owner).toBeUndefined();
      });

      it('purges what expired before the given time, and nothing else', async () => {
        await vault.put('thing', 'later', 1, { expiresAt: clock + 11 });
        await vault.put('thing', 'never', 1);
        expect(await vault.purge(clock + 10)).toBe(0);
        expect(await vault.purge(clock + 11)).toBe(1);
        expect(ids(await vault.list('thing', { limit: 9 }))).toEqual(['later', 'never']);
      });
    });

    describe('delete', () => {
      it('tells whether there was something', async () => {
        await vault.put('thing', 'a', 1);
        expect(await vault.delete('thing', 'a')).toBe(true);
        expect(await vault.delete('thing', 'a')).toBe(false);
        expect(await vault.get('thing', 'a')).toBeUndefined();
      });

      it("deletes one owner's records of one kind", async () => {
        await vault.put('thing', 'a', 1, { owner: 'o' });
        await vault.put('thing', 'b', 1, { owner: 'o' });
        await vault.put('thing', 'c', 1, { owner: 'p' });
        await vault.put('other', 'd', 1, { owner: 'o' });
        expect(await vault.deleteOwned('thing', 'o')).toBe(2);
        expect(ids(await vault.list('thing', { limit: 9 }))).toEqual(['c']);
        expect(ids(await vault.list('other', { limit: 9 }))).toEqual(['d']);
      });
    });

    it('lists by id in pages, all or those of one owner', async () => {
      for (const id of ['d', 'a', 'c', 'b']) await vault.put('thing', id, id, { owner: id < 'c' ? 'o' : 'p' });
      expect(ids(await vault.list('thing', { limit: 3 }))).toEqual(['a', 'b', 'c']);
      expect(ids(await vault.list('thing', { after: 'c', limit: 3 }))).toEqual(['d']);
      expect(ids(await vault.list('thing', { owner: 'p', limit: 1 }))).toEqual(['c']);
      expect(ids(await vault.list('thing', { owner: 'p', after: 'c', limit: 1 }))).toEqual(['d']);
    });

    it('lists records of all kinds in pages, each once, without those that have expired', async () => {
      for (const kind of ['thing', 'thing-of-two', 'other']) {
        for (const id of ['a', 'b/c', 'z']) await vault.put(kind, id, `${kind} ${id}`, { owner: 'o' });
      }
      await vault.put('other', 'gone', 1, { expiresAt: clock });
      await vault.put('other', 'z', 'other z', { owner: 'o', expiresAt: clock + 5 });
      const found = [];
      for (let page = await vault.listAll({ limit: 2 }); page.length > 0;) {
        found.push(...page);
        page = await vault.listAll({ after: page.at(-1)!, limit: 2 });
      }
      expect(new Set(found.map(({ kind, id }) => `${kind}:${id}`)).size).toBe(9);
      expect(found.map(({ kind, id, value }) => value === `${kind} ${id}`)).toEqual(Array(9).fill(true));
      expect(found.find(({ kind, id }) => kind === 'other' && id === 'z')).toEqual({
        ...{ kind: 'other', id: 'z', value: 'other z', version: 2, owner: 'o', expiresAt: clock + 5 },
      });
    });

    it('keeps relaxed writes like others, between others', async () => {
      await vault.insert('thing', 'a', 1, { relaxed: true });
      await Promise.all([vault.put('thing', 'b', 1), vault.put('thing', 'c', 1, { relaxed: true })]);
      expect(await vault.replace('thing', 'a', 1, 2, { relaxed: true })).toBe(true);
      await vault.close();
      vault = await subject.open(() => clock);
      expect([...(await vault.getMany('thing', ['a', 'b', 'c'])).values()].map(({ value }) => value)).toEqual([
        2, 1, 1,
      ]);
    });

    it('keeps everything over a restart and a scrub', async () => {
      await vault.put('thing', 'a', { deep: [1] }, { owner: 'o', expiresAt: clock + 99 });
      await vault.put('thing', 'a', { deep: [2] }, { owner: 'o', expiresAt: clock + 99 });
      const before = await vault.get('thing', 'a');
      await vault.scrub();
      await vault.close();
      vault = await subject.open(() => clock);
      expect(await vault.get('thing', 'a')).toEqual(before);
    });
  });
}

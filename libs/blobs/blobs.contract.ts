import { createHash, randomBytes } from 'node:crypto';
import { BlobCorrupt, MAX_BLOB_BYTES, type Blobs } from './port.js';

/** One engine under test, empty at first. */
export interface BlobsUnderTest {
  /** Opens it; again after `close`, it must find what was put before. */
  open(): Promise<Blobs>;
  /** How many copies are stored. */
  count(): Promise<number>;
  /** Changes stored bytes of a blob behind the adapter's back. */
  damage(sha256: string): Promise<void>;
  /** Loses a part of a blob behind the adapter's back. */
  truncate(sha256: string): Promise<void>;
  destroy(): Promise<void>;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What every blob store must do. `make` gives a fresh, empty one each time. */
export function blobsContract(name: string, make: () => BlobsUnderTest): void {
  describe(`blobs contract: ${name}`, () => {
    let subject: BlobsUnderTest;
    let blobs: Blobs;

    beforeEach(async () => {
      subject = make();
      blobs = await subject.open();
    });
    afterEach(async () => {
      await blobs.close();
      await subject.destroy();
    });
    const reopen = async () => {
      await blobs.close();
      blobs = await subject.open();
    };

    it.each([
      ['text', Buffer.from('openapi: 3.1.0\n')],
      ['nothing', new Uint8Array()],
      ['one zero', new Uint8Array(1)],
      ['several incompressible chunks', randomBytes(3 * 1024 * 1024 + 7)],
      ['as much as is allowed', Buffer.alloc(MAX_BLOB_BYTES, 'ab')],
    ])('gives back %s, also after a restart', async (_, bytes) => {
      const name = await blobs.put(bytes);
      expect(name).toBe(sha256(bytes));
      expect(Buffer.compare((await blobs.get(name))!, bytes)).toBe(0);
      await reopen();
      expect(Buffer.compare((await blobs.get(name))!, bytes)).toBe(0);
    });

    it('knows nothing of what was not put', async () => {
      expect(await blobs.get(sha256(Buffer.from('absent')))).toBeUndefined();
      expect(await blobs.get("x' OR '1'='1")).toBeUndefined();
    });

    it('lists what was put, in order and in pages', async () => {
      expect(await blobs.list({ limit: 9 })).toEqual([]);
      const names = await Promise.all(['one', 'two', 'three'].map((text) => blobs.put(Buffer.from(text))));
      const [first, second, third] = names.sort();
      expect(await blobs.list({ limit: 2 })).toEqual([first, second]);
      expect(await blobs.list({ after: second!, limit: 2 })).toEqual([third]);
      expect(await blobs.list({ after: third!, limit: 2 })).toEqual([]);
    });

    it('finds what is put after it was asked for in vain', async () => {
      const bytes = Buffer.from('late');
      expect(await blobs.get(sha256(bytes))).toBeUndefined();
      await blobs.put(bytes);
      expect(await blobs.get(sha256(bytes))).toEqual(new Uint8Array(bytes));
    });

    it('refuses more than is allowed, and stores nothing', async () => {
      await expect(blobs.put(new Uint8Array(MAX_BLOB_BYTES + 1))).rejects.toThrow(RangeError);
      expect(await subject.count()).toBe(0);
    });

    it('stores the same bytes once', async () => {
      const first = await blobs.put(Buffer.from('same'));
      expect(await blobs.put(Buffer.from('same'))).toBe(first);
      await blobs.put(Buffer.from('other'));
      expect(await subject.count()).toBe(2);
    });

    it('stores the same bytes once when they are put at the same time', async () => {
      const bytes = randomBytes(1_500_000);
      const names = await Promise.all(Array.from({ length: 8 }, () => blobs.put(bytes)));
      expect(new Set(names)).toEqual(new Set([sha256(bytes)]));
      expect(await subject.count()).toBe(1);
      expect(Buffer.compare((await blobs.get(names[0]!))!, bytes)).toBe(0);
    });

    it('is not disturbed by a caller that changes its bytes, before or after', async () => {
      const bytes = Buffer.from('untouched');
      const putting = blobs.put(bytes);
      bytes.fill(0);
      const name = await putting;
      (await blobs.get(name))!.fill(0);
      expect(Buffer.from((await blobs.get(name))!).toString()).toBe('untouched');
    });

    it.each(['damage', 'truncate'] as const)(
      'says so after %s, and putting the bytes again repairs it',
      async (harm) => {
        const bytes = randomBytes(2_500_000);
        const name = await blobs.put(bytes);
        await blobs.close();
        await subject[harm](name);
        blobs = await subject.open();
        await expect(blobs.get(name)).rejects.toThrow(BlobCorrupt);
        expect(await blobs.put(bytes)).toBe(name);
        expect(Buffer.compare((await blobs.get(name))!, bytes)).toBe(0);
      },
    );
  });
}

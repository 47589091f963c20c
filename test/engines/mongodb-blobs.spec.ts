import { blobsContract } from '#blobs/blobs.contract.js';
import { openMongoBlobs } from '#blobs/mongodb/blobs.js';
import type { Db } from 'mongodb';
import { dropDatabase, freshDatabase, openDatabase } from '../support/mongodb.js';
import { withMongo } from './mongodb-server.js';

withMongo('blobs on MongoDB', (url) => {
  blobsContract('mongodb', () => {
    const database = freshDatabase();
    async function behind<T>(work: (db: Db) => Promise<T>): Promise<T> {
      const { db, close } = await openDatabase(url, database);
      return work(db).finally(close);
    }
    const chunk = (sha256: string, number: number) => ({ _id: `${sha256}/${number}` as never });
    return {
      open: () => openMongoBlobs({ url, database }),
      count: () => behind(async (db) => Number(await db.collection('blobs.files').countDocuments())),
      damage: (sha256) =>
        behind(async (db) => {
          const change = { $set: { bytes: Buffer.from('damaged') } };
          expect((await db.collection('blobs.chunks').updateOne(chunk(sha256, 1), change)).modifiedCount).toBe(1);
        }),
      truncate: (sha256) =>
        behind(async (db) => {
          expect((await db.collection('blobs.chunks').deleteOne(chunk(sha256, 2))).deletedCount).toBe(1);
        }),
      destroy: () => dropDatabase(url, database),
    };
  });
});

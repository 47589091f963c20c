import { randomUUID } from 'node:crypto';
import { connectMongo } from '#mongodb/connection.js';

export const freshDatabase = (): string => `gatehouse_test_${randomUUID().replaceAll('-', '')}`;

/** What a test looks at or changes behind an adapter's back. */
export const openDatabase = (address: string, database: string) =>
  connectMongo({ url: address, database }, (description) => new Error(description));

export async function dropDatabase(address: string, database: string): Promise<void> {
  const { db, close } = await openDatabase(address, database);
  await db.dropDatabase();
  await close();
}

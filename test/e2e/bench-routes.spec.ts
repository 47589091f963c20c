import { OPERATIONS } from '../../apps/api/http/operation.js';
import { startTestServer } from '../support/server.js';

const statusesOf = async (env: Record<string, string>): Promise<readonly number[]> => {
  const server = await startTestServer(env);
  const calls = [
    ['GET', 'no-op'],
    ['POST', 'no-op'],
    ['POST', 'pause-views'],
    ['POST', 'resume-views'],
  ] as const;
  try {
    const statuses: number[] = [];
    for (const [method, name] of calls) {
      statuses.push((await fetch(`${server.url}/bench/${name}`, { method })).status);
    }
    return statuses;
  } finally {
    await server.stop();
  }
};

describe('the routes of the benchmarks', () => {
  it('do not exist unless asked for', async () => {
    expect(await statusesOf({})).toEqual([404, 404, 404, 404]);
  });

  it('are there when asked for, and no part of the API', async () => {
    expect(await statusesOf({ GATEHOUSE_BENCH: '1' })).toEqual([200, 200, 204, 204]);
    expect(OPERATIONS.filter(({ path }) => path.startsWith('/bench'))).toEqual([]);
  });
});

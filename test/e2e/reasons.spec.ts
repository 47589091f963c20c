import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

async function call(method: string, path: string, body?: object, reason?: string): Promise<Record<string, unknown>> {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${server.adminToken}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(reason ? { 'x-gatehouse-reason': encodeURIComponent(reason) } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(response.ok).toBe(true);
  return (await response.json()) as Record<string, unknown>;
}

describe('X-Gatehouse-Reason', () => {
  it('goes with the event of a decision whose command has no field for it, and into the story', async () => {
    const product = await call('POST', '/v2/api-products', { name: 'Routing' });
    await call('PATCH', `/v2/api-products/${product['id']}`, { name: 'Routes' }, 'Renamed: müßig ✓');
    const [, edited] = await server.services.store.readStream(`product-${product['id']}`);
    expect(edited!.metadata['reason']).toBe('Renamed: müßig ✓');
    const story = (await call('GET', `/audit/products/${product['id']}`)) as { data: { reason: string | null }[] };
    expect(story.data.map(({ reason }) => reason)).toEqual([null, 'Renamed: müßig ✓']);
  });
});

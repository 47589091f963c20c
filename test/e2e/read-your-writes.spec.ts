import { jest } from '@jest/globals';
import { checkedClient } from '../support/checked-client.js';
import { commandsOf } from '../support/commands.js';
import { portalScene } from '../support/portal-scene.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it('a write waits for the views that it changes, and for no other', async () => {
  const scene = await portalScene(commandsOf(server));
  const waitFor = jest.spyOn(server.services.projections, 'waitFor');
  const path = `/v2/portals/${scene.portal}/developers/${scene.bob}`;
  expect((await checkedClient(server)('PATCH', path, { body: { status: 'revoked' } })).status).toBe(200);
  const [position, , views] = waitFor.mock.calls[0]!;
  expect(position).toBe(await server.services.store.head());
  expect(views).toEqual(expect.arrayContaining(['developers', 'timeline']));
  expect(views).not.toContain('search');
  waitFor.mockRestore();
});

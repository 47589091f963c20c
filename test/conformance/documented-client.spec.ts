import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { commandsOf } from '../support/commands.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  const send = commandsOf(server);
  const keys = { name: 'keys', display_name: 'Keys', strategy_type: 'key_auth', configs: { 'key-auth': {} } };
  const strategy = (await send('CreateAuthStrategy', keys)).id;
  await send('CreatePortal', { name: 'other' });
  const portal = await send('CreatePortal', { name: 'acme', default_application_auth_strategy_id: strategy });
  const { id } = await send('RegisterDeveloper', {
    portal_id: portal.id,
    email: 'ada@example.com',
    full_name: 'Ada Lovelace',
  });
  await server.services.passwords.set(id, 'analytical engine 1843');
  await send('SetPassword', { developer_id: id }, { kind: 'developer', id });
  await send('ApproveDeveloper', { developer_id: id });
  await send('CreateApplication', { developer_id: id, name: 'Fleet sync' });
});

afterAll(() => server.stop());

it('the example with the published client runs in a clone as the guide has it, beside another portal', async () => {
  const guide = readFileSync('docs/guide-developers.md', 'utf8');
  const [, example] = /```js\n([^]+?)```/.exec(guide)!;
  const there = example!.replaceAll('http://localhost:3000', server.url);
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', there]);
  expect(stdout).toBe("[ 'Fleet sync' ]\n");
});

import { keepSecrets } from './secret-fields.js';

class Config {
  issuer = 'https://idp.example.org';
  client_secret?: string | null;
}
class Create {
  portal_id = 'p-1';
  config = new Config();
}

const entry = { id: 'portal_id', secrets: ['config.client_secret'] };
const kept: string[][] = [];
const secrets = {
  keep: (owner: string, secret: string) => {
    kept.push([owner, secret]);
    return Promise.resolve('secret:v1:there');
  },
};
const command = (client_secret?: string | null) => {
  const made = new Create();
  if (client_secret !== undefined) made.config.client_secret = client_secret;
  return made;
};

it('replaces a secret by its place, for its owner, and leaves what came in as it was', async () => {
  const given = command('hunter2');
  const sent = await keepSecrets(entry, given, secrets);
  expect(kept).toEqual([['p-1', 'hunter2']]);
  expect(sent).toEqual({ portal_id: 'p-1', config: { issuer: 'https://idp.example.org', client_secret: 'secret:v1:there' } }); // prettier-ignore
  expect(sent).toBeInstanceOf(Create);
  expect(sent.config).toBeInstanceOf(Config);
  expect(given.config.client_secret).toBe('hunter2');
});

it.each([undefined, null])('keeps nothing where the secret is %s', async (nothing) => {
  kept.length = 0;
  const given = command(nothing);
  expect(await keepSecrets(entry, given, secrets)).toBe(given);
  expect(await keepSecrets({ secrets: ['gone.client_secret', 'portal.x'] }, given, secrets)).toBe(given);
  expect(await keepSecrets({}, given, secrets)).toBe(given);
  expect(kept).toEqual([]);
});

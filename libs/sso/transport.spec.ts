import { OutboundFailed, type Outbound } from '#outbound/outbound.js';
import { callProvider } from './transport.js';

const FORM = new URLSearchParams({ grant_type: 'authorization_code', code: 'c', client_id: 'a b:c', client_secret: 's+e:c%' }).toString(); // prettier-ignore
const call = { method: 'POST', url: 'https://idp.example.org/token', headers: {}, body: FORM };

/** A way out that answers in turn and remembers what it was asked. */
function answering(...answers: { status: number; body?: unknown }[]) {
  const asked: { authorization?: string; form: Record<string, string> }[] = [];
  const outbound: Outbound = {
    request: (_url, { headers = {}, body = '' } = {}) => {
      const { authorization } = headers;
      asked.push({ ...(authorization && { authorization }), form: Object.fromEntries(new URLSearchParams(String(body))) }); // prettier-ignore
      const { status, body: answer = {} } = answers[asked.length - 1]!;
      const bytes = new TextEncoder().encode(typeof answer === 'string' ? answer : JSON.stringify(answer));
      return Promise.resolve({ status, headers: new Headers(), body: bytes });
    },
    close: () => Promise.resolve(),
  };
  return { outbound, asked };
}

it('names the client in the header where the provider says nothing, both parts encoded (RFC 6749 section 2.3.1)', async () => {
  const { outbound, asked } = answering({ status: 200 });
  await callProvider(outbound, call);
  expect(asked).toEqual([
    {
      authorization: `Basic ${Buffer.from('a+b%3Ac:s%2Be%3Ac%25').toString('base64')}`,
      form: { grant_type: 'authorization_code', code: 'c' },
    },
  ]);
});

it('names it in the form where the provider takes only that', async () => {
  const { outbound, asked } = answering({ status: 200 });
  await callProvider(outbound, call, ['client_secret_post']);
  expect(asked).toEqual([{ form: expect.objectContaining({ client_id: 'a b:c', client_secret: 's+e:c%' }) }]);
});

it('tries the other way after a client that was not accepted, and never after a code that was not', async () => {
  const both = ['client_secret_post', 'client_secret_basic'];
  const second = answering({ status: 401, body: { error: 'invalid_client' } }, { status: 200 });
  await callProvider(second.outbound, call, both);
  expect(second.asked.map(({ authorization }) => authorization !== undefined)).toEqual([true, false]);
  const code = answering({ status: 400, body: { error: 'invalid_grant' } });
  await expect(callProvider(code.outbound, call, both)).rejects.toMatchObject({ reason: 'code-refused' });
  const neither = answering({ status: 401 }, { status: 400, body: { error: 'invalid_client' } });
  await expect(callProvider(neither.outbound, call, both)).rejects.toMatchObject({ reason: 'client-refused' });
});

it('sends no secret where there is none', async () => {
  const { outbound, asked } = answering({ status: 200 });
  await callProvider(outbound, { ...call, body: 'client_id=public&client_secret=&code=c' });
  expect(asked).toEqual([{ form: { client_id: 'public', code: 'c' } }]);
});

it.each(['<html>', '[]', '"text"', 'null'])('takes no success that says %s', async (body) => {
  const { outbound } = answering({ status: 200, body });
  await expect(callProvider(outbound, call)).rejects.toMatchObject({ name: 'SignOnFailed' });
});

it('calls a provider that cannot be reached unavailable, and repeats nothing of what it was sent', async () => {
  const outbound = {
    request: () => Promise.reject(new OutboundFailed('unreachable', 'idp.example.org cannot be reached.')),
    close: () => Promise.resolve(),
  };
  const failure = await callProvider(outbound, call).catch((error: unknown) => error);
  expect(failure).toMatchObject({ reason: 'provider-unavailable' });
  expect(JSON.stringify(failure) + String(failure)).not.toContain('s+e:c');
});

import type { Client } from '../client.js';
import type { Seeded } from '../seed/seed.js';
import { tokenFromMail } from './mailbox.js';
import { browser, tokenHolder, type Answer, type Person, type SendOptions } from './person.js';
import { answered, asked, followed, heading, note, story, type FeedEvent, type StoryEntry } from './print.js';

export const DEVELOPER = { email: 'ada@example.com', full_name: 'Ada Lovelace', password: 'analytical engine 1843' };

interface Expected extends SendOptions {
  readonly status: number;
  /** What of the answer to print. */
  readonly show?: (body: never) => unknown;
}

/** The whole guide, over HTTP: a developer and an administrator, step by step. Throws at the first answer that is not as expected. */
export async function walk(admin: Client, token: string, seeded: Seeded, outbox: string): Promise<void> {
  const ada = browser('developer', admin.url);
  const boss = tokenHolder('admin', admin.url, token);
  const gateway = tokenHolder('gateway', admin.url, token);
  const figma = seeded.products.find(({ name }) => name === 'Figma REST')!;
  const feed = feedReader(admin);
  await feed();
  let steps = 0;
  const step = (title: string): void => heading(++steps, title);
  const call = async <T>(person: Person, method: string, path: string, expected: Expected): Promise<T> => {
    asked(person.name, method, path, expected.body);
    const answer = await person.send(method, path, expected);
    answered(answer, expected.show ? expected.show(answer.body as never) : answer.body);
    check(answer, expected.status, method, path);
    followed(await feed());
    return answer.body as T;
  };

  step('A developer signs up');
  await call(ada, 'POST', '/api/v2/developer', {
    body: { email: DEVELOPER.email, full_name: DEVELOPER.full_name },
    status: 201,
  });

  step('She follows the link in the mail, which confirms the address, and sets a password');
  const mailed = await tokenFromMail(outbox, 'login');
  note(`mail in ${outbox}`);
  const verified = await call<{ token: string }>(ada, 'POST', '/api/v2/developer/verify-email', {
    body: { token: mailed },
    status: 202,
  });
  await call(ada, 'POST', '/api/v2/developer/reset-password', {
    body: { password: DEVELOPER.password, token: verified.token },
    status: 204,
  });

  step('She cannot sign in yet: this portal wants an approval');
  const signIn = { body: { username: DEVELOPER.email, password: DEVELOPER.password } };
  await call(ada, 'POST', '/api/v2/developer/authenticate', {
    ...signIn,
    status: 401,
    show: (b: { title: string }) => b.title,
  });

  step('An administrator sees who waits, and approves with a reason');
  const pending = await call<{ data: { developer_id: string }[] }>(boss, 'GET', '/audit/pending', { status: 200 });
  const developer = `/v2/portals/${seeded.portal.id}/developers/${pending.data[0]!.developer_id}`;
  await call(boss, 'PATCH', developer, {
    body: { status: 'approved' },
    headers: { 'x-gatehouse-reason': encodeURIComponent('Partner since 2019; contract 4711.') },
    status: 200,
  });

  step('Now she is in');
  await call(ada, 'POST', '/api/v2/developer/authenticate', { ...signIn, status: 204 });
  await call(ada, 'GET', '/api/v2/developer/me', { status: 200 });

  step('She searches the catalogue and looks at an API');
  const hitNames = ({ data }: { data: { source: { name: string } }[] }) => data.map(({ source }) => source.name);
  await call(ada, 'GET', '/api/v2/search/product-catalog?q=design%20comments&join=versions', {
    status: 200,
    show: hitNames,
  });
  const version = `/api/v2/products/${figma.id}/versions/${figma.versionId}`;
  await call(ada, 'GET', `${version}/spec/operations`, {
    status: 200,
    show: ({ operations }: { operations: { method: string; path: string }[] }) =>
      `${operations.length} operations, the first ${operations[0]!.method} ${operations[0]!.path}`,
  });

  step('She creates an application and requests access');
  const application = await call<{ id: string }>(ada, 'POST', '/api/v2/applications', {
    body: { name: 'Fleet sync', description: 'Keeps our design tokens in step', reference_id: 'fleet-sync-01' },
    status: 201,
  });
  const mine = `/api/v2/applications/${application.id}`;
  const registration = await call<{ id: string; status: string }>(ada, 'POST', `${mine}/registrations`, {
    body: { product_version_id: figma.versionId },
    status: 201,
  });

  step('She generates a key; it is shown once');
  const key = await call<{ credential: string }>(ada, 'POST', `${mine}/credentials`, {
    body: { display_name: 'production' },
    status: 201,
  });

  step('A call with it does not go through yet');
  const check1 = `/gateway/check?product_version=${figma.versionId}`;
  await call(gateway, 'GET', check1, { headers: { apikey: key.credential }, status: 403 });

  step('The administrator approves the request');
  await call(
    boss,
    'PATCH',
    `/v2/portals/${seeded.portal.id}/applications/${application.id}/registrations/${registration.id}`,
    {
      body: { status: 'approved' },
      headers: { 'x-gatehouse-reason': encodeURIComponent('Read-only use, reviewed with the design team.') },
      status: 200,
      show: ({ status }: { status: string }) => ({ status }),
    },
  );

  step('The same call goes through');
  const passed = await gateway.send('GET', check1, { headers: { apikey: key.credential } });
  asked('gateway', 'GET', check1, undefined);
  answered(passed, Object.fromEntries([...passed.headers].filter(([name]) => name.startsWith('gatehouse-'))));
  check(passed, 200, 'GET', check1);

  step('The audit story of the application: every step, who, why, and on what basis');
  const told = await boss.send('GET', `/audit/applications/${application.id}`);
  check(told, 200, 'GET', `/audit/applications/${application.id}`);
  story((told.body as { data: StoryEntry[] }).data);
}

function check(answer: Answer, status: number, method: string, path: string): void {
  if (answer.status !== status)
    throw new Error(`${method} ${path} answered ${answer.status}, expected ${status}: ${JSON.stringify(answer.body)}`);
}

/** Reads what the feed has since the last time. */
function feedReader(admin: Client): () => Promise<FeedEvent[]> {
  let after: string | undefined;
  return async () => {
    const all: FeedEvent[] = [];
    for (;;) {
      const query = new URLSearchParams({ limit: '500', ...(after ? { after } : {}) });
      const response = await admin.fetch(`/events?${query}`);
      const events = (await response.json()) as FeedEvent[];
      after = response.headers.get('gatehouse-next') ?? after;
      if (events.length === 0) return all;
      all.push(...events);
    }
  };
}

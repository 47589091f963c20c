import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Send } from '../support/commands.js';
import type { TestServer } from '../support/server.js';

/** One command of a history: its kind, and numbers that pick what it is about from what there is by then. */
export interface Step {
  readonly kind: keyof typeof KINDS;
  readonly picks: readonly [number, number, number];
}

/** What a history has made so far, by kind. */
interface World {
  readonly send: Send;
  readonly content: string;
  readonly operations: string;
  readonly ids: Record<Kind, Made[]>;
}
type Kind = 'portal' | 'strategy' | 'product' | 'version' | 'developer' | 'application' | 'registration' | 'credential';
/** An id with the id of what it belongs to, where the commands ask for that. */
interface Made {
  readonly id: string;
  readonly of: string;
}
type Run = (world: World, pick: (kind: Kind, which: 0 | 1 | 2) => Made, number: number) => Promise<unknown>;

const made =
  (kind: Kind, command: string, values: (...of: Parameters<Run>) => object, owner?: Kind): Run =>
  async (world, pick, number) => {
    const { id } = await world.send(command, values(world, pick, number));
    world.ids[kind].push({ id, of: owner ? pick(owner, 0).id : '' });
  };
const sent =
  (command: string, values: (...of: Parameters<Run>) => object): Run =>
  (world, pick, number) =>
    world.send(command, values(world, pick, number));

const NAMES = ['Alpha', 'beta', 'Ünïcode', 'two words', 'Alpha'] as const;
const name = (number: number): string => NAMES[number % NAMES.length]!;
const even = (number: number): boolean => number % 2 === 0;

const ofVersion: Parameters<typeof sent>[1] = (_, pick) => {
  const version = pick('version', 0);
  return { product_id: version.of, product_version_id: version.id, portal_id: pick('portal', 1).id };
};
const decision: Parameters<typeof sent>[1] = (_, pick, number) => ({
  application_id: pick('application', 0).id,
  ...(even(number) ? { reason: `Because of ${name(number)}` } : {}),
});
const onDeveloper: Parameters<typeof sent>[1] = (_, pick, number) => ({
  developer_id: pick('developer', 0).id,
  ...(even(number) ? { reason: name(number) } : {}),
});

const KINDS = {
  portal: made('portal', 'CreatePortal', (_, pick, number) => ({
    name: `${name(number)} ${number}`,
    auto_approve_applications: even(number),
    default_application_auth_strategy_id: pick('strategy', 0).id,
  })),
  strategy: made('strategy', 'CreateAuthStrategy', (_, _pick, number) => ({
    ...{ name: `${name(number)} ${number}`, display_name: name(number), strategy_type: 'key_auth' },
    configs: { 'key-auth': {} },
  })),
  product: made('product', 'CreateProduct', (_, pick, number) => ({
    ...{
      name: name(number),
      description: `${name(number)} finds ${name(number + 1)}`,
      public_labels: { n: `${number}` },
    },
    portal_ids: [pick('portal', 0).id],
  })),
  version: made(
    'version',
    'AddProductVersion',
    (_, pick, number) => ({ product_id: pick('product', 0).id, name: `v${number}` }),
    'product',
  ),
  publish: sent('PublishProductVersion', (world, pick, number) => ({
    ...ofVersion(world, pick, number),
    application_registration_enabled: true,
    auto_approve_registration: number % 3 === 0,
  })),
  unpublish: sent('UnpublishProductVersion', ofVersion),
  renameProduct: sent('EditProduct', (_, pick, number) => ({ product_id: pick('product', 0).id, name: name(number) })),
  deleteProduct: sent('DeleteProduct', (_, pick) => ({ product_id: pick('product', 0).id })),
  document: sent('AddDocument', ({ content }, pick, number) => ({
    ...{ product_id: pick('product', 0).id, slug: `s${number}`, title: name(number), status: 'published', size: 6 },
    content_sha256: content,
  })),
  specification: sent('AddSpecification', ({ content, operations }, pick) => {
    const version = pick('version', 0);
    const of = { product_id: version.of, product_version_id: version.id };
    return { ...of, name: 'a.json', content_sha256: content, operations_sha256: operations, size: 6 };
  }),
  settings: sent('ChangePortalSettings', (_, pick, number) => ({
    ...{ portal_id: pick('portal', 0).id, display_name: name(number), auto_approve_developers: even(number) },
  })),
  developer: made('developer', 'RegisterDeveloper', (_, pick, number) => ({
    ...{ portal_id: pick('portal', 0).id, email: `dev${number % 7}@example.org`, full_name: `${name(number)} Person` },
  })),
  approveDeveloper: sent('ApproveDeveloper', onDeveloper),
  revokeDeveloper: sent('RevokeDeveloper', onDeveloper),
  removeDeveloper: sent('RemoveDeveloper', onDeveloper),
  application: made('application', 'CreateApplication', (_, pick, number) => ({
    ...{ developer_id: pick('developer', 0).id, name: `${name(number)} ${number % 3}`, description: name(number) },
  })),
  renameApplication: sent('EditApplication', (_, pick, number) => ({
    ...{ application_id: pick('application', 0).id, name: name(number) },
  })),
  deleteApplication: sent('DeleteApplication', decision),
  request: made(
    'registration',
    'RequestAccess',
    (_, pick) => ({ application_id: pick('application', 0).id, product_version_id: pick('version', 1).id }),
    'application',
  ),
  approve: sent('ApproveApp', decision),
  reject: sent('RejectApp', decision),
  revoke: sent('RevokeApp', decision),
  withdraw: sent('WithdrawAccess', (_, pick) => {
    const { id, of } = pick('registration', 0);
    return { application_id: of, registration_id: id };
  }),
  credential: made(
    'credential',
    'GenerateCredential',
    (_, pick, number) => ({ application_id: pick('application', 0).id, display_name: name(number) }),
    'application',
  ),
  rotate: sent('RotateCredential', (_, pick) => {
    const { id, of } = pick('credential', 0);
    return { application_id: of, credential_id: id };
  }),
  revokeKey: sent('RevokeCredential', (_, pick) => {
    const { id, of } = pick('credential', 0);
    return { application_id: of, credential_id: id };
  }),
} satisfies Record<string, Run>;

/** What makes something is more frequent than what takes it away. */
const OFTEN = [
  'product',
  'version',
  'publish',
  'developer',
  'approveDeveloper',
  'application',
  'request',
  'credential',
];

const kind = fc.constantFrom(...[...Object.keys(KINDS), ...OFTEN, ...OFTEN]) as fc.Arbitrary<Step['kind']>;
const step: fc.Arbitrary<Step> = fc.record({ kind, picks: fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)) });

/** A history that starts with something of everything, so that what follows finds its way. */
export const history = (length: number): fc.Arbitrary<readonly Step[]> => {
  const start: readonly Step['kind'][] = ['strategy', 'portal', ...(OFTEN as Step['kind'][])];
  return fc
    .array(step, { minLength: length, maxLength: length })
    .map((steps) => [...start.map((one): Step => ({ kind: one, picks: [0, 0, 0] })), ...steps]);
};

/** Sends a history's commands; how many were accepted. Many are refused, as they are in life. */
export async function play({ services }: TestServer, send: Send, steps: readonly Step[]): Promise<number> {
  const kinds: readonly Kind[] = [
    ...(['portal', 'strategy', 'product', 'version', 'developer'] as const),
    ...(['application', 'registration', 'credential'] as const),
  ];
  const world: World = {
    send,
    content: await services.blobs.put(Buffer.from('# Pets')),
    operations: await services.blobs.put(Buffer.from('[]')),
    ids: Object.fromEntries(kinds.map((one) => [one, []])) as unknown as World['ids'],
  };
  let accepted = 0;
  for (const { kind, picks } of steps) {
    const pick = (one: Kind, which: 0 | 1 | 2): Made =>
      world.ids[one].at(-1 - (picks[which] % Math.max(1, world.ids[one].length))) ?? {
        id: randomUUID(),
        of: randomUUID(),
      };
    try {
      await KINDS[kind](world, pick, picks[2]);
      accepted += 1;
    } catch (error) {
      // A refusal's code follows the command's name; anything else is a fault.
      if (!/^\w+: \w+$/.test((error as Error).message)) throw error;
    }
  }
  return accepted;
}

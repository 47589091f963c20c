/** Random histories of developers and their applications on one portal, for properties that hold over many streams. */
import fc from 'fast-check';
import type { ApplicationState } from '../application/state.js';
import { COMMANDS } from '../command-table.js';
import type { Actor } from '../core/decider.js';
import { isRefusal } from '../core/refusal.js';
import type { DeveloperState } from '../developer/state.js';
import { refusalDefinition } from '../registry.js';
import { World, type Happened, type Outcome } from './world.js';

/** One random step: a name, and three numbers that pick whom and what it is about. */
type Pick = readonly [a: number, b: number, c: number];

/** A world with one portal, a strategy of keys that live a day and one of tokens, and a version published for each. */
function prepared() {
  const world = new World();
  const send = (name: string, fields: object): string => {
    const done = world.send(name, fields);
    if (isRefusal(done)) throw new Error(`${name}: ${done.refusal}`);
    return done.id;
  };
  const keys = send('CreateAuthStrategy', {
    name: 'Keys',
    display_name: 'API key',
    strategy_type: 'key_auth',
    configs: { 'key-auth': { key_names: ['apikey'], ttl: { value: 1, unit: 'days' } } },
  });
  const config = {
    issuer: 'https://id.example.com',
    credential_claim: ['sub'],
    scopes: ['read'],
    auth_methods: ['bearer'],
  };
  const tokens = send('CreateAuthStrategy', {
    name: 'Tokens',
    display_name: 'Token',
    strategy_type: 'openid_connect',
    configs: { 'openid-connect': config },
  });
  const portal = send('CreatePortal', { name: 'Developers', default_application_auth_strategy_id: keys });
  const product = send('CreateProduct', { name: 'Routing', portal_ids: [portal] });
  const versions = [keys, keys, tokens].map((strategy, index) => {
    send('AddProductVersion', { product_id: product, name: `v${index + 1}` });
    const version = world.read<{ versions: { id: string }[] }>('product', product).state.versions[index]!.id;
    send('PublishProductVersion', {
      product_id: product,
      product_version_id: version,
      portal_id: portal,
      auth_strategy_ids: [strategy],
      application_registration_enabled: true,
    });
    return version;
  });
  return {
    world,
    portal,
    product,
    versions,
    keys,
    tokens,
    tally: new Map<string, number>(),
    shown: new Set<string>(),
  };
}

const count = (tally: Map<string, number>, name: string, times = 1) =>
  void tally.set(name, (tally.get(name) ?? 0) + times);

export type Prepared = ReturnType<typeof prepared>;

const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(list.length, 1)];
export const applications = ({ world }: Prepared) => world.all<ApplicationState>('application');
export const developers = ({ world }: Prepared) => world.all<DeveloperState>('developer');

/** Counts what was accepted and refused, and remembers the keys shown. */
function send(p: Prepared, name: string, fields: object, actor?: Actor): Outcome {
  const done = p.world.send(name, fields, actor);
  if (isRefusal(done)) {
    const { detail } = refusalDefinition(done.refusal);
    for (const [, placeholder] of detail.matchAll(/\{(\w+)\}/g)) {
      if (!(placeholder! in done.params)) throw new Error(`${done.refusal} lacks the parameter ${placeholder}`);
    }
    count(p.tally, done.refusal);
  } else {
    count(p.tally, name);
    if ('credential' in done.result) p.shown.add(String(done.result.credential));
  }
  return done;
}

/** A step about a developer who has signed up. */
const onDeveloper =
  (name: string) =>
  (p: Prepared, [a]: Pick) => {
    const found = at(developers(p), a);
    if (found) send(p, name, { developer_id: found.id });
  };

/** The owner where that is asked for and allowed, else whoever may. */
function sender(name: string, { developer_id }: ApplicationState, preferOwner: boolean): Actor {
  const { permission } = COMMANDS.get(name)!;
  if (preferOwner && permission.includes('owner')) return { kind: 'developer', id: developer_id };
  return permission.includes('admin') ? { kind: 'admin', id: 'test' } : { kind: 'system', id: 'test' };
}

/** A step about an application; deleted ones are picked as well. */
const onApplication =
  (name: string, fields: (p: Prepared, state: ApplicationState, b: number, c: number) => object | undefined) =>
  (p: Prepared, [a, b, c]: Pick) => {
    const found = at(applications(p), a);
    const given = found && fields(p, found.state, b, c);

    if (!found || !given) return;
    send(p, name, { application_id: found.id, ...given }, sender(name, found.state, c % 2 === 1));
  };

const decision = (name: string) =>
  onApplication(name, (_, { registrations }, b) =>
    b % 3 === 0 ? {} : registrations.length > 0 ? { registration_ids: [at(registrations, b)!.id] } : undefined,
  );

const onCredential = (name: string, fields: (c: number) => object = () => ({})) =>
  onApplication(name, (_, { credentials }, b, c) =>
    credentials.length > 0 ? { credential_id: at(credentials, b)!.id, ...fields(c) } : undefined,
  );

const NAMES = ['One', 'one ', 'Two', 'Three'];
const REFERENCES = [undefined, 'ref-1', 'ref-2'];

const STEPS: Readonly<Record<string, (p: Prepared, pick: Pick) => void>> = {
  signUp: (p, [a]) =>
    void send(p, 'RegisterDeveloper', { portal_id: p.portal, email: `d${a % 3}@example.com`, full_name: 'Some One' }),
  confirm: onDeveloper('ConfirmEmail'),
  approve: onDeveloper('ApproveDeveloper'),
  reject: onDeveloper('RejectDeveloper'),
  revoke: onDeveloper('RevokeDeveloper'),
  remove: (p, pick) => pick[2] % 4 === 0 && onDeveloper('RemoveDeveloper')(p, pick),
  create: (p, [a, b, c]) => {
    const owner = at(developers(p), a);
    const names = { name: at(NAMES, b), reference_id: at(REFERENCES, c) };
    const strategy = c % 4 === 0 ? { auth_strategy_id: p.tokens } : {};
    if (owner) send(p, 'CreateApplication', { developer_id: owner.id, ...names, ...strategy });
  },
  edit: onApplication('EditApplication', (_, __, b, c) => ({ name: at(NAMES, b), reference_id: at(REFERENCES, c) })),
  delete: (p, pick) => pick[1] % 3 === 0 && onApplication('DeleteApplication', () => ({}))(p, pick),
  request: onApplication('RequestAccess', (p, _, b) => ({ product_version_id: at(p.versions, b) })),
  withdraw: onApplication('WithdrawAccess', (_, { registrations }, b) =>
    registrations.length > 0 ? { registration_id: at(registrations, b)!.id } : undefined,
  ),
  approveAccess: decision('ApproveApp'),
  rejectAccess: decision('RejectApp'),
  revokeAccess: decision('RevokeApp'),
  generate: onApplication('GenerateCredential', () => ({})),
  generateMany: (p, [a, b]) => {
    for (let n = 0; n < 8; n++) onApplication('GenerateCredential', () => ({}))(p, [a, b, 0]);
  },
  rename: onCredential('RenameCredential', (c) => ({ display_name: at(NAMES, c) })),
  rotate: onCredential('RotateCredential', (c) => ({ overlap_seconds: (c % 3) * 7200 })),
  revokeKey: onCredential('RevokeCredential', () => ({ reason: 'Leaked' })),
  expireKey: onCredential('ExpireCredential'),
  settings: (p, [a, b, c]) =>
    void send(p, 'ChangePortalSettings', {
      portal_id: p.portal,
      auto_approve_developers: a % 2 === 0,
      auto_approve_applications: b % 2 === 0,
      require_registration_for_keys: c % 3 === 0,
      is_public: c % 7 === 0,
    }),
  publication: (p, [a, b, c]) =>
    void send(p, 'ChangePublication', {
      product_id: p.product,
      product_version_id: at(p.versions, a),
      portal_id: p.portal,
      publish_status: b % 3 === 0 ? 'unpublished' : 'published',
      auto_approve_registration: c % 2 === 0,
    }),
  time: (p, [a]) => p.world.pass((a % 20) * 3600),
};

/** What a developer needs to get anywhere comes up more often. */
const FAVOURED = ['approve', 'request', 'request', 'approveAccess'];

const step = fc.tuple(
  fc.constantFrom(...Object.keys(STEPS), ...FAVOURED),
  fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50)),
);

/** Runs random histories and checks after every step, with the events of that step. Returns how often each command was accepted and each refusal given. */
export function explore(check: (p: Prepared, fresh: readonly Happened[]) => void): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (history) => {
      const p = prepared();
      for (let number = 0; number < 2; number++) {
        STEPS['signUp']!(p, [number, 0, 0]);
        STEPS['approve']!(p, [number, 0, 0]);
        STEPS['create']!(p, [number, number, 1]);
      }
      for (const [name, pick] of history) {
        const before = p.world.log.length;
        STEPS[name]!(p, pick);
        check(p, p.world.log.slice(before));
      }
      for (const [name, times] of p.tally) count(seen, name, times);
    }),
    { numRuns: 150 },
  );
  return seen;
}

import type { HttpRequest } from './send.js';
import type { Random } from './random.js';
import { EMAILS, NAMES, personOf, REFERENCES, type KnownApplication, type World } from './world.js';

export interface Planned {
  readonly command: string;
  readonly request: HttpRequest;
}

/** Undefined: there is nothing yet that this could be done to. */
type Plan = (world: World, random: Random) => HttpRequest | undefined;

interface Action {
  readonly weight: number;
  readonly command: string;
  readonly plan: Plan;
}

type Body = Readonly<Record<string, unknown>>;

/** On the command surface, as the administrator. */
const order = (command: string, weight: number, body: (world: World, random: Random) => Body | undefined): Action => ({
  weight,
  command,
  plan(world, random) {
    const values = body(world, random);
    return values && { method: 'POST', path: `/commands/${command}`, body: values };
  },
});

/** About one of the known applications. */
const onApplication = (
  command: string,
  weight: number,
  body: (application: KnownApplication, random: Random, world: World) => Body | undefined,
): Action =>
  order(command, weight, (world, random) => {
    if (world.applications.length === 0) return undefined;
    const application = random.pick(world.applications);
    const values = body(application, random, world);
    return values && { application_id: application.id, ...values };
  });

/** On the portal API, as the developer whose application it is. */
const onOwn = (
  command: string,
  weight: number,
  request: (application: KnownApplication, random: Random, world: World) => Omit<HttpRequest, 'as'> | undefined,
): Action => ({
  weight,
  command,
  plan(world, random) {
    const own = world.applications.filter(({ developer }) => personOf(world, developer));
    if (own.length === 0) return undefined;
    const application = random.pick(own);
    const asked = request(application, random, world);
    return (
      asked && {
        ...asked,
        path: `/api/v2/applications/${application.id}${asked.path}`,
        as: personOf(world, application.developer)!,
      }
    );
  },
});

const name = (random: Random): Body => ({ name: random.pick(NAMES) });
const reference = (random: Random): Body => (random.chance(0.4) ? { reference_id: random.pick(REFERENCES) } : {});
const reason = (random: Random): Body => (random.chance(0.3) ? { reason: 'Because of the fault test.' } : {});
const version = ({ scene }: World, random: Random): Body => ({ product_version_id: random.pick(scene.versions) });

/** Names one of the application's registrations, or none: all that wait. */
const registrations = ({ registrations: known }: KnownApplication, random: Random): Body =>
  known.length > 0 && random.chance(0.6) ? { registration_ids: [random.pick(known)] } : {};

const credential = ({ credentials }: KnownApplication, random: Random): Body | undefined =>
  credentials.length > 0 ? { credential_id: random.pick(credentials) } : undefined;

const other = (command: string, weight: number): Action =>
  order(command, weight, ({ others }, random) =>
    others.length > 0 ? { developer_id: random.pick(others), ...reason(random) } : undefined,
  );

const ACTIONS: readonly Action[] = [
  order('CreateApplication', 3, ({ scene, others }, random) => {
    const developer_id = random.pick([...scene.people.map(({ id }) => id), ...others]);
    return { developer_id, ...name(random), ...reference(random) };
  }),
  onApplication('EditApplication', 2, (_, random) => ({ ...name(random), ...reference(random) })),
  onApplication('DeleteApplication', 1.5, (_, random) => reason(random)),
  onApplication('RequestAccess', 4, (_, random, world) => ({ ...version(world, random), ...reason(random) })),
  onApplication('WithdrawAccess', 1, ({ registrations: known }, random) =>
    known.length > 0 ? { registration_id: random.pick(known) } : undefined,
  ),
  onApplication('ApproveApp', 2, (known, random) => ({ ...registrations(known, random), ...reason(random) })),
  onApplication('RejectApp', 1, registrations),
  onApplication('RevokeApp', 1, registrations),
  onApplication('GenerateCredential', 3, () => ({})),
  onApplication('RotateCredential', 1, (known, random) => {
    const named = credential(known, random);
    return named && { ...named, overlap_seconds: random.pick([0, 60, 3600]) };
  }),
  onApplication('RenameCredential', 0.5, (known, random) => {
    const named = credential(known, random);
    return named && { ...named, display_name: random.pick(['one', 'two']) };
  }),
  onApplication('RevokeCredential', 1.5, credential),
  order('RegisterDeveloper', 1.5, ({ scene }, random) => ({
    portal_id: scene.portal,
    email: random.pick(EMAILS),
    full_name: 'Some Body',
  })),
  other('ApproveDeveloper', 1.5),
  other('RejectDeveloper', 0.3),
  other('RevokeDeveloper', 0.5),
  other('RemoveDeveloper', 0.7),
  order('EditProduct', 0.5, ({ scene }, random) => ({
    product_id: random.pick(scene.products),
    description: `Version ${random.between(1, 1000)} of the text.`,
  })),
  {
    weight: 2,
    command: 'CreateApplication',
    plan: ({ scene }, random) => ({
      method: 'POST',
      path: '/api/v2/applications',
      body: { ...name(random), ...reference(random) },
      as: random.pick(scene.people),
    }),
  },
  onOwn('EditApplication', 1.5, (_, random) => ({ method: 'PATCH', path: '', body: { ...name(random) } })),
  onOwn('DeleteApplication', 1, () => ({ method: 'DELETE', path: '' })),
  onOwn('RequestAccess', 2, (_, random, world) => ({
    method: 'POST',
    path: '/registrations',
    body: version(world, random),
  })),
  onOwn('WithdrawAccess', 0.7, ({ registrations: known }, random) =>
    known.length > 0 ? { method: 'DELETE', path: `/registrations/${random.pick(known)}` } : undefined,
  ),
  onOwn('GenerateCredential', 2, () => ({ method: 'POST', path: '/credentials', body: {} })),
  onOwn('RevokeCredential', 1, ({ credentials }, random) =>
    credentials.length > 0 ? { method: 'DELETE', path: `/credentials/${random.pick(credentials)}` } : undefined,
  ),
];

const TOTAL = ACTIONS.reduce((sum, { weight }) => sum + weight, 0);

/** What a client does next. */
export function nextRequest(world: World, random: Random): Planned {
  for (;;) {
    let left = random.next() * TOTAL;
    const action = ACTIONS.find(({ weight }) => (left -= weight) < 0) ?? ACTIONS[0]!;
    const request = action.plan(world, random);
    if (request) return { command: action.command, request };
  }
}

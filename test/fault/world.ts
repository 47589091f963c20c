import { resultOf, type Operation } from './history.js';
import type { Scene } from './scene.js';
import { isAccepted, type Person } from './send.js';

export interface KnownApplication {
  readonly id: string;
  readonly developer: string;
  readonly registrations: string[];
  readonly credentials: string[];
}

/** What the clients believe to be there. It may be behind, so that some of their commands are refused, as in life. */
export interface World {
  readonly scene: Scene;
  readonly applications: KnownApplication[];
  /** Developers who may be decided on and removed; those who are signed in are left alone. */
  readonly others: string[];
  /** Learns from an answer. */
  learn(operation: Operation): void;
}

/** Few names and reference ids for many applications: clients get in each other's way. */
export const NAMES = Array.from({ length: 14 }, (_, n) => `Application ${n}`);
export const REFERENCES = Array.from({ length: 40 }, (_, n) => `reference-${n}`);
export const EMAILS = Array.from({ length: 30 }, (_, n) => `other-${n}@example.org`);

/** Beyond it the oldest is forgotten: what is asked of the others stays likely to succeed. */
const MAX_KNOWN = 60;

export function createWorld(scene: Scene): World {
  const applications: KnownApplication[] = [];
  const others: string[] = [];
  const find = (id: unknown): KnownApplication | undefined => applications.find((known) => known.id === id);

  return {
    scene,
    applications,
    others,
    learn(operation) {
      const { answer, command, request } = operation;
      if (!answer || !isAccepted(answer)) return;
      const { id } = resultOf(operation);
      const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
      const application = find(body['application_id'] ?? /applications\/([0-9a-f-]{36})/.exec(request.path)?.[1]);
      switch (command) {
        case 'CreateApplication':
          applications.push({
            id: id!,
            developer: request.as?.id ?? String(body['developer_id']),
            registrations: [],
            credentials: [],
          });
          if (applications.length > MAX_KNOWN) applications.shift();
          break;
        case 'DeleteApplication':
          if (application) applications.splice(applications.indexOf(application), 1);
          break;
        case 'RequestAccess':
          application?.registrations.push(id!);
          break;
        case 'GenerateCredential':
        case 'RotateCredential':
          application?.credentials.push(id!);
          break;
        case 'RegisterDeveloper':
          others.push(id!);
          break;
        case 'RemoveDeveloper':
          others.splice(others.indexOf(String(body['developer_id'])), 1);
      }
    },
  };
}

export const personOf = ({ scene }: World, developer: string): Person | undefined =>
  scene.people.find(({ id }) => id === developer);

import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor, ReadState } from '#domain/core/decider.js';
import { actorKindOf, ROLES, type Role } from '#domain/core/roles.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { PortalState } from '#domain/portal/state.js';
import { SERVICES, type Services } from '../services.js';
import type { GatehouseRequest } from './context.js';
import { notFound, Problem } from './problem.js';
import { permits, rolesFor, staysWithin, type Door } from './roles.js';

export const ACCESS_COOKIE = 'portalaccesstoken';
export const REFRESH_COOKIE = 'portalrefreshtoken';

export interface Caller {
  readonly actor: Actor;
  readonly role?: Role;
  readonly portal?: ReadState<PortalState>;
  readonly developer?: ReadState<DeveloperState>;
}

const ANONYMOUS: Actor = { kind: 'anonymous', id: '' };

const unauthorized = (detail: string): Problem =>
  new Problem(401, 'not_authenticated', detail, { headers: { 'www-authenticate': 'Bearer realm="gatehouse"' } });

const forbidden = (detail: string): Problem => new Problem(403, 'not_permitted', detail);

const NO_PROVIDER = new Problem(
  503,
  'identity_provider_unavailable',
  'The identity provider that would vouch for this token does not answer: try again.',
  { headers: { 'retry-after': '5' } },
);

/** Finds out who calls, and refuses whom the operation is not for. */
@Injectable()
export class Authentication {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  async identify(operation: Door, request: FastifyRequest): Promise<Caller> {
    const { access } = operation;
    if (access === 'open') return { actor: ANONYMOUS };
    if (typeof access === 'object') return this.bearer(operation, request);
    const portal = await this.services.portals.find(request.host);
    if (!portal) throw notFound('A portal at this host name');
    if (access === 'public' || access === 'cookie') return { actor: ANONYMOUS, portal };
    if (portal.state.is_public) {
      // On a public portal there are no accounts, applications or registrations.
      if (access === 'developer') throw notFound('This part of the portal');
      return { actor: ANONYMOUS, portal };
    }
    return this.session(portal, request);
  }

  private async session(portal: ReadState<PortalState>, request: FastifyRequest): Promise<Caller> {
    const developer = await this.signedIn(portal.id, request);
    if (!developer) throw new Problem(401, 'not_authenticated', 'Sign in first.');
    return { actor: { kind: 'developer', id: developer.id }, portal, developer };
  }

  /** The approved developer of this portal whose session the cookie names. */
  async signedIn(portalId: string, request: FastifyRequest): Promise<ReadState<DeveloperState> | undefined> {
    const token = (request as FastifyRequest & { cookies: Record<string, string | undefined> }).cookies[ACCESS_COOKIE];
    const session = token === undefined ? undefined : await this.services.sessions.authenticate(token);
    if (!session || session.portalId !== portalId) return undefined;
    const { state, revision } = await this.services.sessionStates.load<DeveloperState>(
      'developer',
      session.developerId,
    );
    return state.status === 'approved' ? { id: session.developerId, state, revision } : undefined;
  }

  private async bearer(operation: Door, request: FastifyRequest): Promise<Caller> {
    const header = request.headers.authorization;
    const text = header && /^Bearer +([\x21-\x7e]+)$/i.exec(header)?.[1];
    if (!text) {
      throw unauthorized('Send a token: Authorization: Bearer <token>.');
    }
    const found = await this.services.bearers.find(text);
    if ('refused' in found) {
      (request as GatehouseRequest).logged = { denied: `token_${found.refused.replaceAll('-', '_')}` };
      if (found.refused === 'provider-unavailable') throw NO_PROVIDER;
      throw unauthorized('This token is not known, or its time is over.');
    }
    const role = ROLES.find((one) => found.roles.includes(one) && permits(one, operation));
    if (!role) throw forbidden(`This needs a token with the role ${rolesFor(operation).join(' or ')}.`);
    const { portal } = found;
    if (portal !== undefined && !staysWithin(portal, operation, request)) {
      throw forbidden('This token is limited to a portal, which this is not a part of, or does not name.');
    }
    return { actor: { kind: actorKindOf(role), id: found.id, ...(portal === undefined ? {} : { portal }) }, role };
  }
}

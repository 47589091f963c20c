import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor, ReadState } from '#domain/core/decider.js';
import type { DeveloperState } from '#domain/developer/state.js';
import type { PortalState } from '#domain/portal/state.js';
import { findBearerToken, sameSecret } from '#vault/bearer-tokens.js';
import { SERVICES, type Services } from '../services.js';
import type { Access, Role } from './operation.js';
import { notFound, Problem } from './problem.js';

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

/** Finds out who calls, and refuses whom the operation is not for. */
@Injectable()
export class Authentication {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  async identify(access: Access, request: FastifyRequest): Promise<Caller> {
    if (access === 'open') return { actor: ANONYMOUS };
    if (typeof access === 'object') return this.bearer(access.role, request);
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
    const { state, revision } = await this.services.cache.load<DeveloperState>('developer', session.developerId);
    return state.status === 'approved' ? { id: session.developerId, state, revision } : undefined;
  }

  private async bearer(role: Role, request: FastifyRequest): Promise<Caller> {
    const header = request.headers.authorization;
    const text = header && /^Bearer +([\x21-\x7e]+)$/i.exec(header)?.[1];
    if (!text) {
      throw unauthorized('Send a token: Authorization: Bearer <token>.');
    }
    const found = await this.token(text);
    if (!found) throw unauthorized('This token is not known, or its time is over.');
    if (found.role !== 'admin' && found.role !== role) {
      throw new Problem(403, 'not_permitted', `This needs a token with the role ${role}.`);
    }
    return { actor: { kind: found.role === 'admin' ? 'admin' : 'integration', id: found.name }, role: found.role };
  }

  private async token(text: string): Promise<{ name: string; role: Role } | undefined> {
    if (sameSecret(text, this.services.config.adminToken)) return { name: 'admin', role: 'admin' };
    const token = await findBearerToken(this.services.vault, text);
    return token && { name: token.name, role: token.role as Role };
  }
}

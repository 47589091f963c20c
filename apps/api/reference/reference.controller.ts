import { randomBytes } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { links, portalUrl, type Links } from '#reactors/mail/links.js';
import { Answer } from '../http/answer.interceptor.js';
import { Authentication } from '../http/authentication.js';
import { blobBytes } from '../http/content.js';
import { Ctx, type Context } from '../http/context.js';
import { matchesTag } from '../http/entity-tag.js';
import { Operation, type OperationSpec } from '../http/operation.js';
import { notFound, Problem } from '../http/problem.js';
import type { Viewer } from '../portal/catalogue.js';
import { SERVICES, type Services } from '../services.js';
import { tryingApplications } from './applications.js';
import { createServers, describedVersion } from './described.js';
import { createPageFiles } from './files.js';
import { HINT_POLICY, hintPage, referencePage, referencePolicy } from './page.js';

const TAG = 'Portal: reference';
const HTML = { description: 'The page.', schema: { type: 'string' }, contentType: 'text/html' } as const;

const page = (status: number, html: string, policy: string): Answer =>
  new Answer(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
    },
  });

const operation = (
  id: string,
  path: string,
  rest: Omit<OperationSpec, 'id' | 'method' | 'path' | 'tag'>,
): OperationSpec => ({
  ...{ id, method: 'GET', path, tag: TAG },
  ...rest,
});

/** A page for each version: its specification to be read, and its operations to be tried. */
@Controller()
export class ReferenceController {
  private readonly serversOf: ReturnType<typeof createServers>;
  private readonly files = createPageFiles();

  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(Authentication) private readonly authentication: Authentication,
  ) {
    this.serversOf = createServers(services);
  }

  @Operation(
    operation('showReference', '/reference/{productId}/{productVersionId}', {
      summary: 'A page with the specification of a version, to read and to try',
      description: 'For people; where they may not see it, a page as well, with the status 401 or 404.',
      access: 'public',
      responses: { 200: HTML, 401: HTML, 404: HTML },
      errors: [],
    }),
  )
  async show(@Ctx() context: Context): Promise<Answer> {
    const { portal, request } = context;
    const to = this.linksOf(context);
    const developer = portal.state.is_public ? undefined : await this.authentication.signedIn(portal.id, request);
    if (!portal.state.is_public && !developer) return signInPage(to);
    try {
      return await this.render(context, { portal, ...(developer ? { developer } : {}) }, to);
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return missingPage(to);
      throw error;
    }
  }

  private async render(context: Context, viewer: Viewer, to: Links): Promise<Answer> {
    const { portal, params } = context;
    const { productId, productName, version, specification } = await describedVersion(this.services, viewer, params);
    const [{ bases, relative }, applications] = await Promise.all([
      this.serversOf(specification),
      tryingApplications(this.services, viewer, version.id),
    ]);
    const nonce = randomBytes(16).toString('base64url');
    const path = `${productId}/${version.id}`;
    const html = referencePage({
      portal: { name: portal.state.display_name ?? portal.state.name, home: to.home, product: to.product(productId) },
      product: productName,
      version: version.name,
      settings: {
        description: `/reference/${path}/description`,
        servers: bases,
        proxy: viewer.developer ? `/reference/proxy/${path}` : null,
        applications,
      },
      relative,
      nonce,
    });
    return page(200, html, referencePolicy(nonce, bases));
  }

  @Operation(
    operation('readReferenceDescription', '/reference/{productId}/{productVersionId}/description', {
      summary: 'The specification that the page shows, as it was uploaded',
      access: 'optional',
      responses: { 200: { description: 'JSON or YAML.', schema: { type: 'string' }, contentType: 'text/plain' } },
      errors: [400, 401, 404],
      raw: true,
    }),
  )
  async description(@Ctx() { portal, developer, params, request, reply }: Context) {
    const viewer = { portal, ...(developer ? { developer } : {}) };
    const { specification } = await describedVersion(this.services, viewer, params);
    const tag = `"${specification.content_sha256.slice(0, 32)}"`;
    void reply.headers({
      etag: tag,
      'cache-control': 'private, no-cache',
      'content-type': 'text/plain; charset=utf-8',
    });
    if (matchesTag(request.headers['if-none-match'], tag)) return void reply.status(304);
    return Buffer.from(await blobBytes(this.services, specification.content_sha256));
  }

  @Operation(
    operation('readReferenceFile', '/reference/files/{file}', {
      summary: 'A file of the page',
      access: 'public',
      freeParams: { file: 'Its name.' },
      responses: { 200: { description: 'The file.', schema: { type: 'string' }, contentType: 'text/javascript' } },
      errors: [404],
    }),
  )
  async file(@Ctx() { params, request }: Context): Promise<Answer> {
    const file = await this.files(params['file']!);
    if (!file) throw notFound('This file');
    const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    return new Answer(zipped ? file.gzipped : file.plain, {
      headers: {
        'content-type': file.type,
        'cache-control': 'public, max-age=3600',
        vary: 'Accept-Encoding',
        ...(zipped ? { 'content-encoding': 'gzip' } : {}),
      },
    });
  }

  private linksOf({ portal, request }: Context): Links {
    const origin = `${request.protocol}://${request.host}`;
    return links(portalUrl(portal.state, { portalUrl: this.services.config.portalUrl, origin }));
  }
}

const signInPage = ({ signIn }: Links): Answer =>
  page(
    401,
    hintPage({
      title: 'Sign in first',
      text: 'This reference is for developers of this portal. Sign in to the portal at this address, then come back to this page.',
      link: { href: signIn, words: 'Sign in' },
    }),
    HINT_POLICY,
  );

const missingPage = ({ home }: Links): Answer =>
  page(
    404,
    hintPage({
      title: 'There is no such reference',
      text: 'This version does not exist, is not published on this portal, or has no specification.',
      link: { href: home, words: 'To the portal' },
    }),
    HINT_POLICY,
  );

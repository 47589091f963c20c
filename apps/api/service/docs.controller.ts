import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller } from '@nestjs/common';
import { Answer } from '../http/answer.interceptor.js';
import { Ctx, type Context } from '../http/context.js';
import { openApiDocument } from '../http/openapi.js';
import { Operation } from '../http/operation.js';
import { notFound } from '../http/problem.js';
import { schemas } from '../schemas.js';
import { VERSION } from '../version.js';
import { DOCS, DOCS_POLICY, DOCS_START, HOME, HOME_POLICY } from './pages.js';

const SWAGGER_UI = join(dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui/package.json')), 'static');

/** The files that the page at /docs loads, and no other. */
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};
const START = 'start.js';

const HTML = 'text/html; charset=utf-8';
const open = { method: 'GET', tag: 'Service', access: 'open' } as const;
const page = (text: string, policy: string): Answer =>
  new Answer(text, { headers: { 'content-type': HTML, 'content-security-policy': policy } });

@Controller()
export class DocsController {
  private document?: string;

  @Operation({
    ...open,
    id: 'showHome',
    path: '/',
    summary: 'A page that names the surfaces.',
    responses: { 200: { description: 'The page.', schema: { type: 'string' }, contentType: 'text/html' } },
    errors: [],
  })
  home(): Answer {
    return page(HOME, HOME_POLICY);
  }

  @Operation({
    ...open,
    id: 'showDocs',
    path: '/docs',
    summary: 'Every operation, to read and to try.',
    responses: { 200: { description: 'The page.', schema: { type: 'string' }, contentType: 'text/html' } },
    errors: [],
  })
  docs(): Answer {
    return page(DOCS, DOCS_POLICY);
  }

  @Operation({
    ...open,
    id: 'readDocsFile',
    path: '/docs/{file}',
    summary: 'A file of the page at /docs.',
    freeParams: { file: 'Its name.' },
    responses: { 200: { description: 'The file.', schema: { type: 'string' }, contentType: 'text/css' } },
    errors: [404],
  })
  async file(@Ctx() context: Context): Promise<Answer> {
    const name = context.params['file']!;
    const headers = { 'cache-control': 'public, max-age=3600' };
    if (name === START)
      return new Answer(DOCS_START, { headers: { ...headers, 'content-type': 'text/javascript; charset=utf-8' } });
    const type = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
    if (!type) throw notFound('This file');
    return new Answer(await readFile(join(SWAGGER_UI, name)), { headers: { ...headers, 'content-type': type } });
  }

  @Operation({
    ...open,
    id: 'readOpenApi',
    path: '/openapi.json',
    summary: 'The OpenAPI 3.1 document of every surface.',
    responses: { 200: { description: 'The document.', schema: { type: 'object' } } },
    errors: [],
  })
  openApi(): Answer {
    this.document ??= JSON.stringify(openApiDocument(schemas, VERSION));
    return new Answer(this.document, { headers: { 'content-type': 'application/json; charset=utf-8' } });
  }
}

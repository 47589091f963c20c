import { Controller } from '@nestjs/common';
import { Answer } from '../http/answer.interceptor.js';
import { Operation, type OperationSpec } from '../http/operation.js';
import { COVER, FAVICON, LOGO } from './look/images.js';
import { FONT_STYLESHEET, STYLESHEET } from './look/stylesheet.js';

/** A file that pages of any origin may embed: the portal's client may be on a host of its own. */
const file = (body: Buffer | string, contentType: string): Answer =>
  new Answer(body, {
    headers: {
      'content-type': contentType,
      'cache-control': 'public, max-age=3600',
      'cross-origin-resource-policy': 'cross-origin',
    },
  });

const operation = (id: string, path: string, summary: string, contentType: string): OperationSpec => ({
  id,
  method: 'GET',
  path: `/api/v2/portal/${path}`,
  tag: 'Portal: portal',
  summary,
  access: 'public',
  responses: { 200: { description: 'The file.', schema: { type: 'string', format: 'binary' }, contentType } },
  errors: [],
});

/** Pictures and style sheets that the pages of the portal's client link. */
@Controller()
export class LookController {
  @Operation(operation('get-portal-logo', 'logo', 'The logo', 'image/png'))
  logo() {
    return file(LOGO, 'image/png');
  }

  @Operation(operation('get-portal-catalog-cover', 'catalog-cover', 'The banner of the catalogue page', 'image/png'))
  cover() {
    return file(COVER, 'image/png');
  }

  @Operation(operation('get-portal-favicon', 'favicon.ico', 'The icon of the browser tab', 'image/x-icon'))
  favicon() {
    return file(FAVICON, 'image/x-icon');
  }

  @Operation(operation('get-portal-stylesheet', 'stylesheet.css', 'Colours and fonts as CSS variables', 'text/css'))
  stylesheet() {
    return file(STYLESHEET, 'text/css; charset=utf-8');
  }

  @Operation(operation('get-portal-font-stylesheet', 'stylesheet/font.css', 'Web fonts: none', 'text/css'))
  fonts() {
    return file(FONT_STYLESHEET, 'text/css; charset=utf-8');
  }
}

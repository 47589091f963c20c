import { createHash } from 'node:crypto';
import { VERSION } from '../version.js';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}' +
  'dt{font-weight:600;margin-top:.8rem}dd{margin:0}code{background:#8882;padding:0 .2em}';

const SURFACES = [
  ['/api/v2', 'for developers: catalogue, applications, access requests, API keys (Konnect portal API)'],
  ['/v2', 'for administrators: portals, products, developers, decisions (Konnect management APIs)'],
  ['/commands', 'for integrations: every command by its name, idempotent and self-describing'],
  ['/audit', 'for auditors: who decided what, when, why and on what basis'],
  ['/events', 'for analytics: every event as CloudEvents, from any position'],
  ['/gateway/check', 'for API gateways: may this key call this version?'],
] as const;

/** The page at `/`. */
export const HOME = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Gatehouse</title><style>${STYLE}</style></head>
<body>
<h1>Gatehouse ${VERSION}</h1>
<p>A developer-portal back end. <a href="/docs">Documentation of every operation</a>, and the same as
<a href="/openapi.json">OpenAPI 3.1</a>.</p>
<dl>
${SURFACES.map(([path, words]) => `<dt><code>${path}</code></dt><dd>${words}</dd>`).join('\n')}
</dl>
</body>
</html>
`;

export const HOME_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** The page at /docs: Swagger UI from this server's own files. */
export const DOCS = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatehouse: operations</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" sizes="32x32" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

export const DOCS_START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'none',
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
});
`;

/** Only what this server serves; the icons of the style sheet are data: images. */
export const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

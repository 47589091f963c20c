/** The pages of the reference, as HTML. Pure. */
import { createHash } from 'node:crypto';
import type { TryingApplication } from './applications.js';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);

/** What the page's script is told; in the page as data, not as a script. */
export interface PageSettings {
  /** Where the specification is, as it was uploaded. */
  readonly description: string;
  /** Of the specification: no other server is called. */
  readonly servers: readonly string[];
  /** Of the proxy; null where nobody is signed in. */
  readonly proxy: string | null;
  readonly applications: readonly TryingApplication[];
}

export interface PageParts {
  readonly portal: { readonly name: string; readonly home: string; readonly product: string };
  readonly product: string;
  readonly version: string;
  readonly settings: PageSettings;
  /** Some servers of the specification are relative, and cannot be called. */
  readonly relative: boolean;
  readonly nonce: string;
}

/** In a script element only `<` could end or begin anything (HTML, 4.12.1.3). */
const data = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const FILES = '/reference/files';

export const referencePage = ({
  portal,
  product,
  version,
  settings,
  relative,
  nonce,
}: PageParts): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="csp-nonce" content="${nonce}">
<title>${escape(`${product} ${version} – ${portal.name}`)}</title>
<link rel="icon" href="/api/v2/portal/favicon.ico">
<link rel="stylesheet" nonce="${nonce}" href="${FILES}/page.css">
</head>
<body>
<header class="gatehouse-bar">
<a href="${escape(portal.home)}">${escape(portal.name)}</a>
<a href="${escape(portal.product)}">${escape(product)}</a>
<strong>${escape(version)}</strong>
<output id="sent" aria-live="polite"></output>
${tryBar(settings, relative, portal.product)}
</header>
<noscript>This page needs JavaScript.</noscript>
<div id="reference"></div>
<script type="application/json" id="settings">${data(settings)}</script>
<script nonce="${nonce}" src="${FILES}/before.js"></script>
<script nonce="${nonce}" src="${FILES}/scalar.js"></script>
<script nonce="${nonce}" type="module" src="${FILES}/start.js"></script>
</body>
</html>
`;

function tryBar({ servers, proxy, applications }: PageSettings, relative: boolean, product: string): string {
  if (servers.length === 0) {
    return `<span>${
      relative
        ? 'This description names no server of its own, so that its operations cannot be called from here.'
        : 'The servers of this description cannot be called from here.'
    }</span>`;
  }
  if (proxy === null) return '';
  if (applications.length === 0)
    return `<span>No application of yours has access to this version. <a href="${escape(product)}">Ask for it</a></span>`;
  const options = applications.map(({ id, name }) => `<option value="${id}">${escape(name)}</option>`);
  return `<form id="try" autocomplete="off">
<label>Application <select id="application">${options.join('')}</select></label>
<label><span id="secret-name">API key</span> <input id="secret" type="password" autocomplete="off" spellcheck="false" placeholder="paste it here" title="Stays in this page, and is gone with it"></label>
<label>Calls go <select id="way"><option value="auto">straight where possible</option><option value="straight">straight</option><option value="portal">through the portal</option></select></label>
</form>`;
}

/**
 * Scripts and style sheets are the page's own, by its nonce; Scalar gives it to the elements that it adds. Connections go to
 * this origin and to the servers that the specification lists, and nothing else leads out.
 * @param servers as libs/documents/servers.ts makes them: nothing in them can end a source of the policy
 */
export const referencePolicy = (nonce: string, servers: readonly string[]): string => {
  const origins = [...new Set(servers.map((server) => new URL(server).origin))];
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src-elem 'nonce-${nonce}'`,
    // Scalar's code samples have their line numbers' width in attributes. They can load nothing: see img-src and font-src.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    ["connect-src 'self'", ...origins].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
};

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem;color:#1b1f24;background:#fff}' +
  'h1{font-size:1.4rem;line-height:1.25}a{color:#0b5cad}' +
  '@media (prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}a{color:#6cb6ff}}';

export const HINT_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** What a person sees where there is no reference to be seen. */
export const hintPage = (hint: {
  readonly title: string;
  readonly text: string;
  readonly link: { readonly href: string; readonly words: string };
}): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(hint.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(hint.title)}</h1>
<p>${escape(hint.text)}</p>
<p><a href="${escape(hint.link.href)}">${escape(hint.link.words)}</a></p>
</main>
</body>
</html>
`;

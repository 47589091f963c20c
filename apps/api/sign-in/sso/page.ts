import { createHash } from 'node:crypto';
import type { Failure } from './failures.js';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem;color:#1b1f24;background:#fff}' +
  'h1{font-size:1.4rem;line-height:1.25}a{color:#0b5cad}.ref{color:#57606a;font-size:.85rem}' +
  '@media (prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}a{color:#6cb6ff}.ref{color:#8b949e}}';

/** Nothing is loaded, run, framed or sent from the page; its own style alone applies. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);

export interface PageParts extends Failure {
  readonly portal: string;
  /** Where the person came from, if that is known to be a place of the portal. */
  readonly back?: string | undefined;
  /** Names the request in the log. */
  readonly reference: string;
}

/** What a person sees instead of the portal when a sign-in fails. Nothing of what the provider or the address bar said is in it. */
export const failurePage = ({ title, text, again, portal, back, reference }: PageParts): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p>${escape(portal)}</p>
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>
${back === undefined ? '' : `<p><a href="${escape(back)}">${again ? 'Try again' : 'Back to the portal'}</a></p>\n`}<p class="ref">Reference: ${escape(reference)}</p>
</main>
</body>
</html>
`;

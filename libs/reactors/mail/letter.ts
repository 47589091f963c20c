/** What a mail says, apart from how it looks. Every text is plain: what people typed is escaped here and nowhere else. */
export interface Letter {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** Why, in the words of whoever decided. */
  readonly reason?: string;
  readonly action?: { readonly label: string; readonly url: string };
  /** After the action. */
  readonly closing?: readonly string[];
}

/** Who is addressed, and by which portal. */
export interface Frame {
  /** Empty: not by name. */
  readonly name: string;
  readonly portal: string;
  readonly portalUrl: string;
}

const greeting = ({ name }: Frame): string => (name === '' ? 'Hello,' : `Hello ${name},`);

export function renderText(letter: Letter, frame: Frame): string {
  const { paragraphs, reason, action, closing = [] } = letter;
  const parts = [
    greeting(frame),
    ...paragraphs,
    ...(reason === undefined ? [] : [`The reason given:\n${reason.replace(/^/gm, '> ')}`]),
    ...(action === undefined ? [] : [`${action.label}:\n${action.url}`]),
    ...closing,
    `-- \n${frame.portal}\n${frame.portalUrl}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

export function renderHtml(letter: Letter, frame: Frame): string {
  const { subject, paragraphs, reason, action, closing = [] } = letter;
  const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`;
  const body = [
    paragraph(greeting(frame)),
    ...paragraphs.map(paragraph),
    ...(reason === undefined ? [] : [`<p>The reason given:</p>`, `<blockquote>${withBreaks(reason)}</blockquote>`]),
    ...(action === undefined
      ? []
      : [`<p><a href="${escapeHtml(action.url)}" style="${BUTTON}">${escapeHtml(action.label)}</a></p>`]),
    ...closing.map(paragraph),
    `<p style="${FOOTER}">${escapeHtml(frame.portal)}<br><a href="${escapeHtml(frame.portalUrl)}">${escapeHtml(frame.portalUrl)}</a></p>`,
  ];
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>`,
    `<body style="${BODY}">`,
    ...body,
    '</body></html>',
    '',
  ].join('\n');
}

const BODY = 'margin:2em auto;max-width:36em;padding:0 1em;font:16px/1.5 system-ui,sans-serif;color:#1c2024';
const BUTTON =
  'display:inline-block;padding:.6em 1.2em;border-radius:.3em;background:#1155cb;color:#fff;text-decoration:none';
const FOOTER = 'margin-top:2em;border-top:1px solid #d0d5dd;padding-top:1em;color:#5b6472;font-size:14px';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

const withBreaks = (text: string): string => escapeHtml(text).replace(/\r\n|\r|\n/g, '<br>');

const SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace";

/** Colours that pages of the portal's client take; text on its ground has a contrast of 4.5 to 1 at least (WCAG 2.2, 1.4.3). */
const COLORS: Readonly<Record<string, string>> = {
  'section_colors-header': '#0f4c5c',
  'section_colors-body': '#ffffff',
  'section_colors-hero': '#0f4c5c',
  'section_colors-accent': '#eef5f6',
  'section_colors-tertiary': '#ffffff',
  'section_colors-stroke': '#d5e0e2',
  'section_colors-footer': '#0b3945',
  'text_colors-header': '#ffffff',
  'text_colors-hero': '#ffffff',
  'text_colors-headings': '#10242a',
  'text_colors-primary': '#20363c',
  'text_colors-secondary': '#4b6167',
  'text_colors-accent': '#9a5b00',
  'text_colors-link': '#0b6b7f',
  'text_colors-footer': '#ffffff',
  'button_colors-primary-fill': '#0b6b7f',
  'button_colors-primary-text': '#ffffff',
};

const FONTS: Readonly<Record<string, string>> = {
  'font-base': SANS,
  'font-code': MONO,
  'font-headings': SANS,
};

const variables = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).map(([name, value]) => `  --${name}: ${value};`);

/** The style sheet that every page of the portal's client links: variables on :root, and a class for each colour. */
export const STYLESHEET = [
  ':root {',
  ...variables(COLORS),
  ...variables(FONTS),
  '}',
  ...Object.keys(COLORS).flatMap((name) => [
    `.color-${name} { color: var(--${name}); }`,
    `.bg-${name} { background-color: var(--${name}); }`,
  ]),
  '',
].join('\n');

/** The style sheet that would import web fonts: none, so that no visitor is announced to a third party. */
export const FONT_STYLESHEET = '/* Fonts of the visitor, nothing to load. */\n';

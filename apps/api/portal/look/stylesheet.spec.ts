import { COVER, FAVICON, LOGO } from './images.js';
import { STYLESHEET } from './stylesheet.js';

const COLOR_VARIABLES = [
  ...['header', 'body', 'hero', 'accent', 'tertiary', 'stroke', 'footer'].map((name) => `section_colors-${name}`),
  ...['header', 'hero', 'headings', 'primary', 'secondary', 'accent', 'link', 'footer'].map(
    (name) => `text_colors-${name}`,
  ),
  ...['primary-fill', 'primary-text'].map((name) => `button_colors-${name}`),
];

const valueOf = (name: string): string | undefined => new RegExp(`--${name}: (.+);`).exec(STYLESHEET)?.[1];

/** WCAG 2.2, contrast ratio. */
function contrast(one: string, other: string): number {
  const luminance = (name: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(valueOf(name)!.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

describe('the style sheet', () => {
  it.each(COLOR_VARIABLES)('has the colour %s and its two classes', (name) => {
    expect(valueOf(name)).toMatch(/^#[0-9a-f]{6}$/);
    expect(STYLESHEET).toContain(`.color-${name} { color: var(--${name}); }`);
    expect(STYLESHEET).toContain(`.bg-${name} { background-color: var(--${name}); }`);
  });

  it.each(['font-base', 'font-code', 'font-headings'])('has %s', (name) => expect(valueOf(name)).toBeTruthy());

  it.each([
    ['text_colors-header', 'section_colors-header'],
    ['text_colors-hero', 'section_colors-hero'],
    ['text_colors-footer', 'section_colors-footer'],
    ['text_colors-headings', 'section_colors-body'],
    ['text_colors-primary', 'section_colors-accent'],
    ['text_colors-secondary', 'section_colors-accent'],
    ['text_colors-accent', 'section_colors-body'],
    ['text_colors-link', 'section_colors-accent'],
    ['button_colors-primary-text', 'button_colors-primary-fill'],
  ])('sets %s readably on %s', (text, ground) => expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5));
});

describe('the pictures', () => {
  it('are what their types say', () => {
    const PNG = '89504e470d0a1a0a';
    expect(LOGO.subarray(0, 8).toString('hex')).toBe(PNG);
    expect(COVER.subarray(0, 8).toString('hex')).toBe(PNG);
    expect(FAVICON.subarray(0, 4).toString('hex')).toBe('00000100');
    expect(FAVICON.subarray(22, 30).toString('hex')).toBe(PNG);
  });
});

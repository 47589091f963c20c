import { jsonWithText } from './content.js';

describe('jsonWithText', () => {
  it.each([
    ['nothing', ''],
    ['what JSON escapes', '"quoted" \\ and\nbroken \u2028 \u0001'],
    ['characters that lie across pieces', '☂🏳️‍🌈é'.repeat(20_000)],
  ])('is what JSON.stringify makes: %s', (_, content) => {
    const json = (object: object) => jsonWithText(object, 'content', Buffer.from(content)).toString();
    expect(json({ api_type: 'openapi', n: null })).toBe(JSON.stringify({ api_type: 'openapi', n: null, content }));
    expect(json({})).toBe(JSON.stringify({ content }));
  });
});

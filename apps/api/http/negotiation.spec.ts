import { Problem } from '../http/problem.js';
import { negotiate } from './negotiation.js';

const OFFERS = ['application/json', 'application/vnd.konnect.document-nodes+json', 'text/markdown'] as const;
const choose = (accept?: string) => negotiate(accept, OFFERS);

describe('content negotiation', () => {
  it.each([
    [undefined, OFFERS[0]],
    ['', OFFERS[0]],
    ['*/*', OFFERS[0]],
    ['application/json, text/plain, */*', OFFERS[0]],
    ['text/html,application/xhtml+xml,*/*;q=0.8', OFFERS[0]],
    [OFFERS[1], OFFERS[1]],
    ['Application/Vnd.Konnect.Document-Nodes+JSON', OFFERS[1]],
    ['text/*', OFFERS[2]],
    ['text/markdown;charset=utf-8', OFFERS[2]],
    ['text/markdown, */*', OFFERS[2]],
    ['text/markdown;q=0.5, application/json;q=0.4', OFFERS[2]],
    ['application/json;q=0, */*', OFFERS[1]],
    ['application/json;q=nonsense, text/markdown;q=0.1', OFFERS[2]],
  ])('of %j chooses %s', (accept, type) => expect(choose(accept)).toBe(type));

  it.each(['image/png', 'application/json;q=0', 'application/jsonx', ','])('refuses %j', (accept) => {
    expect(() => choose(accept)).toThrow(Problem);
  });
});

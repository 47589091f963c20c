import { Id, IdOrAll, NestedList, Strings } from './validation.js';
import { parseCommand } from './violations.js';

class Item {
  @Id() id!: string;
  @Strings(2, 5) names!: string[];
}

class Command {
  @IdOrAll() about!: string;
  @NestedList(Item, 2) items!: Item[];
}

const ID = '01900000-0000-7000-8000-00000000000A';
const parse = (input: object) => parseCommand(Command, { about: '*', items: [], ...input });
const faults = (input: object) => {
  const parsed = parse(input);
  return 'violations' in parsed ? parsed.violations.map(({ field, rule }) => [field, rule]) : [];
};

it('takes a list of objects, each made an instance of its class', () => {
  const parsed = parse({ about: ID, items: [{ id: ID, names: ['a'] }] });
  if (!('command' in parsed)) throw new Error(JSON.stringify(parsed));
  expect(parsed.command.items[0]).toBeInstanceOf(Item);
  expect([parsed.command.about, parsed.command.items[0]!.id]).toEqual([ID.toLowerCase(), ID.toLowerCase()]);
});

it.each([
  [{ items: 'x' }, [['items', 'is_array']]],
  [{ items: {} }, [['items', 'is_array']]],
  [{ items: ['x'] }, [['items.0', 'is_object']]],
  [{ items: [null] }, [['items.0', 'is_object']]],
  [{ items: [{ id: 'x', names: [] }] }, [['items.0.id', 'is_uuid']]],
  [
    { items: [{ id: ID, names: ['a'] }, { names: ['toolong'] }] },
    [
      ['items.1.id', 'required'],
      ['items.1.names', 'max_length'],
    ],
  ],
  [{ items: [{ id: ID, names: [], more: 1 }] }, [['items.0.more', 'unknown_property']]],
  [{ items: Array.from({ length: 3 }, () => ({ id: ID, names: [] })) }, [['items', 'max_items']]],
  [{ items: Array.from({ length: 3 }, () => 'x') }, [['items', 'max_items']]],
  [{ about: 'x' }, [['about', 'is_uuid']]],
  [{ about: '**' }, [['about', 'is_uuid']]],
])('names what is wrong in %j by its place', (input, expected) => {
  expect(faults(input)).toEqual(expected);
});

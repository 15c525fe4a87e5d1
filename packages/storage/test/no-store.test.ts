import { expect, test } from 'vitest';
import { noStore } from '../src/no-store';

const store = noStore('validate-schema');

test.each([
  ['name', () => store.name],
  ['upload', () => store.upload('a', 'b')],
  ['readText', () => store.readText('a')],
  ['listHere', () => store.listHere('')],
])('a stage without a store that asks for its %s is stopped', (member, ask) => {
  expect(ask).toThrow(`validate-schema has no store, and asked for its ${member}`);
});

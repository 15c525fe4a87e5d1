import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { SEED_SCHEMAS } from '../src/seeds/seed-schemas';

describe('the schemas of the seeds', () => {
  it.each(Object.entries(SEED_SCHEMAS))('%s is valid JSON Schema, in strict mode', (_, schema) => {
    const ajv = new Ajv({ strict: true }).addFormat('instant', true);
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
    expect(() => ajv.compile(schema)).not.toThrow();
  });
});

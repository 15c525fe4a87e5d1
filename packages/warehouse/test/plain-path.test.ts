import { Failure } from '@sensor-warehouse/model/findings/failure';
import { expect, test } from 'vitest';
import { requirePlainPath } from '../src/transform/plain-path';

test('a work folder may have any letters, spaces and percent signs', () => {
  expect(() => requirePlainPath('/home/žofie/my work %20 $x; & "y", ~1/transform')).not.toThrow();
});

test.each(["o'brien", 'work (1)', 'a{b', 'a[1]', 'a*', 'a?', 'C#', 'a\\b'])(
  'a work folder that dbt would take apart is refused, and named: %s',
  (name) => {
    expect(() => requirePlainPath(`/tmp/${name}/transform`)).toThrow(Failure);
    expect(() => requirePlainPath(`/tmp/${name}/transform`)).toThrow(/class=config code=work-folder/);
  },
);

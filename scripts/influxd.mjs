// The real InfluxDB 2 server for the tests, where no container engine runs: test/influxd is an ordinary Go module.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { influxdProgram, must, root, run } from './setup.mjs';

const source = join(root, 'test', 'influxd');

/**
 * The path of influxd: the one that INFLUXD names, or one that is built once into the cache folder. From nothing that takes
 * six minutes, most of them for a Rust library; go.sum pins all of it.
 * @param findGo finds the Go that builds it
 */
export async function influxd(findGo) {
  if (process.env.INFLUXD) {
    if (existsSync(process.env.INFLUXD)) return process.env.INFLUXD;
    throw new Error(`INFLUXD is ${process.env.INFLUXD}, and that is not there`);
  }
  const program = influxdProgram();
  if (existsSync(program)) return program;
  for (const [name, args] of Object.entries({ cc: ['--version'], cargo: ['--version'], 'pkg-config': ['--version'] })) {
    const { code } = await run(name, args);
    if (code !== 0)
      throw new Error(`it is built with go, cc, pkg-config and cargo (1.83 or newer), and ${name} is missing`);
  }
  const go = await findGo();
  // A pkg-config of their own that builds the Rust library; cgo calls it where it would call the other one.
  const pkgConfig = join(dirname(program), 'build', 'pkg-config');
  await must(go, ['build', '-trimpath', '-o', pkgConfig, 'github.com/influxdata/pkg-config'], { cwd: source });
  const env = { PKG_CONFIG: pkgConfig };
  // Without a name rustup would fetch the toolchain that the library pins.
  const toolchain = await run('rustup', ['show', 'active-toolchain']);
  if (toolchain.code === 0 && !process.env.RUSTUP_TOOLCHAIN) env.RUSTUP_TOOLCHAIN = toolchain.output.split(/\s/)[0];
  const tags = 'sqlite_foreign_keys,sqlite_json,noasm';
  // Go writes the file only when it is complete.
  await must(go, ['build', '-trimpath', '-tags', tags, '-ldflags', '-s -w', '-o', program, '.'], { cwd: source, env });
  return program;
}

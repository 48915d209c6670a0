import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExecError, type ExecOutput, exec, type Result } from '@motcua/core';

export const bin = join(import.meta.dirname, 'bin', 'motcua.mjs');

/** The command as a technician runs it, in a folder of its own that whoever opens it removes. */
export async function openCommand() {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-cli-'));
  /** Exit status, standard output, standard error. */
  async function motcua(args: readonly string[], input = '', cwd = folder, env: NodeJS.ProcessEnv = {}) {
    const ran: Result<ExecOutput, ExecError> = await exec(process.execPath, [bin, ...args], {
      timeoutMs: 120_000,
      input,
      cwd,
      env: { ...process.env, XDG_CONFIG_HOME: folder, ...env },
    });
    if (ran.ok) return { status: 0, out: ran.value.stdout.toString(), err: ran.value.stderr };
    if (ran.error.code !== 'exec-failed') throw new Error(ran.error.code);
    const { exitCode, stdout, stderr } = ran.error;
    return { status: exitCode, out: stdout.toString(), err: stderr };
  }
  return { folder, motcua };
}

import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listSpecimens } from '@motcua/ocr-pipeline/specimens';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, openCommand } from './cli-test-bench.ts';

let folder: string;
let motcua: Awaited<ReturnType<typeof openCommand>>['motcua'];
const specimen = listSpecimens()[0]!.file;

beforeAll(async () => {
  ({ folder, motcua } = await openCommand());
});
afterAll(() => rm(folder, { recursive: true }));

describe('digitize says at once', () => {
  it.each([
    ['a folder that is not there', 'nowhere/out.pdf'],
    ['a file in the place of a folder', 'file/out.pdf'],
    ['a name that no disk takes', `${'Đ'.repeat(126)}.pdf`],
  ])('that the PDF cannot be written into %s', async (_, output) => {
    await writeFile(join(folder, 'file'), '');
    const { status, err } = await motcua(['digitize', specimen, '-o', output]);
    expect(status).toBe(1);
    expect(err).toContain('The PDF could not be written. Check that its folder exists');
    expect(err).not.toContain('page(s) to read');
  });

  it('that a language is none, which no reader would know', async () => {
    for (const lang of ['not a language', 'vi_VN', '']) {
      const { status, err } = await motcua(['digitize', specimen, '-o', 'out.pdf', '--lang', lang]);
      expect({ lang, status, said: err.includes('BCP 47') }).toEqual({ lang, status: 2, said: true });
    }
  });

  it('that there is no place for intermediate files', async () => {
    const missing = join(folder, 'no-such-folder');
    const { status, err } = await motcua(['digitize', specimen, '-o', 'out.pdf'], '', folder, {
      TMPDIR: missing,
    });
    expect(status).toBe(1);
    expect(err).toContain(`${missing}: No folder for intermediate files could be made. Set TMPDIR`);
  });
});

it('digitize takes the title from the name of the output, whatever its ending looks like', async () => {
  const output = join(folder, 'Tờ khai.PDF');
  expect(await motcua(['digitize', specimen, '-o', output, '--title', ' '])).toMatchObject({ status: 0 });
  expect((await readFile(output)).toString('utf8')).toContain(
    '<rdf:li xml:lang="x-default">Tờ khai</rdf:li>',
  );
});

it('digitize says of which page of a file it speaks', async () => {
  const tiny = (number: number) =>
    `${number} 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>> endobj\n`;
  const pages = '<</Type /Pages /Count 2 /Kids [3 0 R 4 0 R]>>';
  const objects = `1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n2 0 obj ${pages} endobj\n${tiny(3)}${tiny(4)}`;
  const file = join(folder, 'two.pdf');
  await writeFile(file, `%PDF-1.4\n${objects}trailer <</Root 1 0 R>>\n`);
  const { status, out, err } = await motcua(['digitize', file, '-o', 'out.pdf', '--json']);
  expect(status).toBe(1);
  const error = { code: 'page-too-small' };
  expect(JSON.parse(out)).toMatchObject({
    output: null,
    pages: [
      { file, page: 1, error },
      { file, page: 2, error },
    ],
  });
  expect(err).toContain(`${file} (page 2 of 2): This page’s picture is too small`);
});

describe('no picture of a paper stays behind', () => {
  /** Runs over many pages; each signal of `signals` is sent as soon as pictures lie in the folder for temporary files. */
  async function interrupt(name: string, signals: readonly NodeJS.Signals[]) {
    const temporary = join(folder, name);
    await mkdir(temporary);
    const pages = Array.from({ length: 12 }, () => specimen);
    const child = spawn(process.execPath, [bin, 'digitize', ...pages, '-o', join(folder, `${name}.pdf`)], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: 'ignore',
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await until(async () =>
      (await readdir(temporary, { recursive: true })).some((file) => /\.jpg$/.test(file)),
    );
    for (const signal of signals) {
      child.kill(signal);
      // Two that are pending at once are one.
      await pause(20);
    }
    await ended;
    return async () => (await readdir(temporary)).length;
  }

  it.each([
    ['the terminal is closed', ['SIGHUP']],
    ['Ctrl-C is pressed twice', ['SIGINT', 'SIGINT']],
  ] as const)('when %s', async (name, signals) => {
    const left = await interrupt(name, signals);
    expect(await left()).toBe(0);
    expect(await readdir(folder)).not.toContain(`${name}.pdf`);
  });

  it('when the command is killed', async () => {
    const left = await interrupt('killed', ['SIGKILL']);
    // Its workers notice, and take the folder away.
    await until(async () => (await left()) === 0);
  });
});

async function until(happened: () => Promise<boolean>): Promise<void> {
  while (!(await happened())) await pause(50);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

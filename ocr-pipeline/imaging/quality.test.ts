import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { composeScene } from '../specimens/compose-scene.ts';
import { listSpecimens } from '../specimens/index.ts';
import { paintPage } from '../specimens/paint-page.ts';
import { type Fault, spoilPage } from '../specimens/spoil.ts';
import { findSheets } from './find-sheets.ts';
import { toRgb } from './image.ts';
import { shrinkRgb } from './pixels/neighbourhood.ts';
import { judgeQuality, type QualityFinding } from './quality.ts';
import { type Quad, WHOLE_PICTURE } from './sheet.ts';
import { sheetPicture } from './sheet-picture.ts';

// Work for the processor, which other tests share.
vi.setConfig({ testTimeout: 60_000 });

/** As the arrival examination decodes a scan of 300 dpi. */
const DPI = 150;

async function specimenPicture(name: string): Promise<Buffer> {
  const found = listSpecimens().find((one) => one.name.includes(name))!;
  const width = Math.round(((await sharp(found.file).metadata()).width * DPI) / found.degradation.dpi);
  return sharp(found.file).resize({ width }).png().toBuffer();
}

async function judge(picture: Uint8Array, corners: Quad = WHOLE_PICTURE, sourceDpi = 300) {
  const image = await toRgb(sharp(picture));
  const grow = sourceDpi / DPI;
  const source = { width: image.width * grow, height: image.height * grow, dpi: sourceDpi };
  return judgeQuality(sheetPicture(image, DPI, corners), source);
}

const said = (findings: readonly QualityFinding[]) => findings.map(({ code }) => code);

async function spoilt(name: string, fault: Fault, seed: number) {
  return judge(await spoilPage(await specimenPicture(name), DPI, fault, seed));
}

describe('a page that is spoilt', () => {
  it.each<[string, string, Fault]>([
    ['out of focus', 'residence-form', { kind: 'defocus', millimetres: 0.34 }],
    ['moved sideways', 'contract', { kind: 'motion', millimetres: 1.3, angle: 0 }],
    ['moved aslant', 'transcript', { kind: 'motion', millimetres: 1.5, angle: 62 }],
  ])('%s is blurred', async (_, name, fault) => {
    const { ok, findings } = await spoilt(name, fault, 3);
    expect(said(findings)).toContain('blur');
    expect(ok).toBe(false);
  });

  it.each([
    ['marital-status', 0.45, 0.4, 11],
    ['birth-registration', 0.6, 0.55, 12],
  ])('by a lamp has glare, and it is told where (%s)', async (name, x, y, seed) => {
    const { findings } = await spoilt(name, { kind: 'glare', x, y, width: 42, height: 34 }, seed);
    expect(said(findings)).toEqual(['glare']);
    const { where } = findings[0]!;
    expect(Math.abs(where!.x + where!.width / 2 - x)).toBeLessThan(0.06);
    expect(Math.abs(where!.y + where!.height / 2 - y)).toBeLessThan(0.06);
  });

  it.each([
    ['left', 'contract'],
    ['top', 'birth-certificate'],
  ] as const)('by a deep shadow from the %s', async (edge, name) => {
    const fault = { kind: 'shadow', edge, reach: 90, depth: 0.78, soft: 12 } as const;
    expect(said((await spoilt(name, fault, 21)).findings)).toEqual(['shadow']);
  });

  it.each([
    ['left', [226, 178, 150]],
    ['bottom', [146, 92, 62]],
    ['right', [92, 58, 42]],
  ] as const)('by a finger from the %s', async (edge, skin) => {
    const fault = { kind: 'finger', edge, at: 0.55, width: 17, length: 38, skin } as const;
    expect(said((await spoilt('residence-form', fault, 31)).findings)).toEqual(['finger']);
  });

  it.each([
    ['right', 45],
    ['left', 36],
  ] as const)('by the picture’s %s edge is cut off', async (edge, millimetres) => {
    const { ok, findings } = await spoilt('contract', { kind: 'cut', edge, millimetres }, 1);
    expect(said(findings)).toEqual(['cut-off-edge']);
    expect(ok).toBe(false);
  });

  it('by an edge that happens to miss every letter is cut off, which a paper’s size shows', async () => {
    const fault = { kind: 'cut', edge: 'top', millimetres: 48 } as const;
    expect((await spoilt('death-notice', fault, 1)).findings).toMatchObject([
      { code: 'cut-off-edge', severity: expect.any(String), where: { y: 0, height: 0.04 } },
    ]);
  });

  it('scanned at 140 dpi is too coarse, whatever the file says', async () => {
    const page = await specimenPicture('contract');
    expect(said((await judge(page, WHOLE_PICTURE, 140)).findings)).toContain('low-resolution');
    // 140 dpi, but the file says 300: then the paper would be smaller than a hand and its print like dust.
    const image = await toRgb(sharp(page).resize({ width: Math.round((8.27 * 140) / 1) }));
    const lie = judgeQuality(sheetPicture(image, 300, WHOLE_PICTURE), { ...image, dpi: 300 });
    expect(lie.findings).toContainEqual({ code: 'low-resolution', severity: 'warn' });
    expect(lie.dpi).toBeLessThan(150);
  });

  it('by a paper that hangs over the glass is cut off, though no letter is', async () => {
    const page = paintPage(4, 210, 297, DPI, [250, 249, 246]);
    const { picture } = await composeScene({
      ...glass,
      papers: [{ picture: page, width: 210, height: 297, x: 111, y: 312 - 148.5 + 12, angle: 0 }],
    });
    const [sheet] = findSheets(shrinkRgb(await toRgb(sharp(picture)), 2), DPI / 2);
    const { findings } = await judge(picture, sheet!.corners);
    expect(said(findings)).toContain('cut-off-edge');
  });
});

const glass = {
  seed: 8,
  dpi: DPI,
  width: 222,
  height: 312,
  ground: { kind: 'plain', colour: [60, 62, 66] },
  tilt: [0, 0],
  edgeShadow: { depth: 0, width: 1, direction: null },
  light: 0.05,
  castShadow: null,
  noise: 1.5,
  jpegQuality: 88,
} as const;

describe('a page that is good', () => {
  it.each(listSpecimens().map(({ name }) => name))('%s has nothing bad', async (name) => {
    const quality = await judge(await specimenPicture(name));
    expect(quality.findings.filter(({ severity }) => severity === 'bad')).toEqual([]);
    expect(quality.side).toBe('printed');
  });

  it('may have a face on it, a stamp, and lie on dark wood', async () => {
    const face = `<svg width="420" height="260"><rect width="420" height="260" fill="#dfe9e4"/>
      <rect x="20" y="70" width="110" height="150" fill="#e9eef2"/><ellipse cx="75" cy="135" rx="38" ry="50" fill="#dcae8e"/>
      <path d="M25 220c0-30 20-42 50-42s50 12 50 42z" fill="#31405e"/><circle cx="340" cy="190" r="46" fill="none" stroke="#d02830" stroke-width="7"/>
      ${Array.from({ length: 9 }, (_, line) => `<text x="150" y="${40 + line * 24}" font-size="17" font-family="sans-serif">Họ và tên ${line} Nguyễn Thị Mẫu 07919</text>`).join('')}</svg>`;
    const { data, info } = await sharp(Buffer.from(face))
      .resize({ width: 506 })
      .flatten()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const card = { picture: { width: info.width, height: info.height, data }, width: 85.6, height: 53 };
    const page = { picture: paintPage(9, 148, 210, DPI, [247, 236, 226]), width: 148, height: 210 };
    const { picture } = await composeScene({
      ...glass,
      ground: { kind: 'wood', colour: [112, 74, 48] },
      papers: [
        { ...card, x: 80, y: 45, angle: 3 },
        { ...page, x: 105, y: 192, angle: -2 },
      ],
    });
    const sheets = findSheets(shrinkRgb(await toRgb(sharp(picture)), 2), DPI / 2);
    expect(sheets).toHaveLength(2);
    for (const { corners } of sheets) expect((await judge(picture, corners)).findings).toEqual([]);
  });

  it('may be empty: then nothing else is said of it', async () => {
    const blank = await sharp({
      create: { width: 1_240, height: 1_754, channels: 3, background: '#faf8f2' },
    })
      .png()
      .toBuffer();
    expect(await judge(blank)).toMatchObject({ side: 'blank', ok: true, findings: [], edgeWidth: null });
  });

  it('may be read a second time: the same pixels give the same verdict', async () => {
    const page = await readFile(listSpecimens()[6]!.file);
    expect(await judge(page)).toEqual(await judge(page));
  });
});

import type { Box } from '../page.ts';
import { type Blankness, findBlankness } from './blank.ts';
import type { Component } from './components.ts';
import { findCutPaper, findCutPrint } from './cut-edge.ts';
import { findFingers } from './finger.ts';
import { findGlare } from './glare.ts';
import { paperDpi } from './paper-resolution.ts';
import { lumaOf } from './pixels/count-ink.ts';
import { findPrint, type Print } from './print.ts';
import { findShadow } from './shadow.ts';
import { measureSharpness, type Sharpness } from './sharpness.ts';
import { type SheetPicture, type Side, shrinkSheet, withoutGround } from './sheet-picture.ts';

export type QualityCode = 'blur' | 'glare' | 'shadow' | 'cut-off-edge' | 'low-resolution' | 'finger';

/** `bad`: part of the paper cannot be read; `warn`: it probably can, a better scan is easily had. */
export interface QualityFinding {
  readonly code: QualityCode;
  readonly severity: 'warn' | 'bad';
  /** Shares of the paper's bounding box in the picture, 0–1. Without: the whole paper. */
  readonly where?: Box;
}

/** Whether a picture of a paper is good enough, and what was measured. */
export interface PageQuality {
  /** Nothing is `bad`. */
  readonly ok: boolean;
  /** What is bad first. */
  readonly findings: readonly QualityFinding[];
  /** What is on it: the back of a thin sheet shows the front's print through. Such a page has no findings. */
  readonly side: Blankness;
  /** Pixels per inch of the source on the paper itself. */
  readonly dpi: number;
  /** Millimetres from ink to paper at the edges of print, in the worst direction; null without print. */
  readonly edgeWidth: number | null;
  readonly letters: number;
}

/** What the archive asks for, with a hair's breadth for the error of measuring a paper. */
const MIN_DPI = 195;
/** Good scans measure 0.24–0.32; reading begins to fail above about 0.5. */
const EDGE_WIDTH = { warn: 0.39, bad: 0.5 };
/** The paper moved: soft in one direction only. */
const ANISOTROPY = { warn: 1.55, bad: 1.9 };
/** Pixels of the source from ink to paper that no scan of few pixels can go below by much. */
const SHARP_PIXELS = 2.6;
/** With more the paper is certainly no empty one. */
const FEW_LETTERS = 40;
const PRINT_DPI = 75;
const AREA_DPI = 50;

/**
 * Judges one paper as `sheetPicture` gives it, at 100 dpi or more (150 is best), before anything is read. `source` is the
 * paper's own size in pixels of the file, and their resolution as far as file and shape tell it.
 */
export function judgeQuality(
  sheet: SheetPicture,
  source: { readonly width: number; readonly height: number; readonly dpi: number },
): PageQuality {
  const forPrint = shrinkSheet(sheet, Math.max(1, Math.round(sheet.dpi / PRINT_DPI)));
  const forAreas = shrinkSheet(sheet, Math.max(1, Math.round(sheet.dpi / AREA_DPI)));
  const print = findPrint(forPrint);
  const side =
    print.letters.length >= FEW_LETTERS ? 'printed' : findBlankness(withoutGround(forPrint), forPrint.dpi);
  const { dpi, surely } = paperDpi(source.width, source.height, source.dpi, print.letterHeight);
  const facts = { side, dpi: Math.round(dpi), letters: print.letters.length };
  if (side !== 'printed') return { ...facts, ok: true, findings: [], edgeWidth: null };

  const sharpness = measureSharpness(lumaOf(sheet.image), sheet.dpi, sheet.mask);
  const findings: readonly QualityFinding[] = [
    ...blur(sharpness, dpi),
    ...findGlare(forAreas, print, forPrint.dpi).map((spot) => at('glare', 'bad', spot, forAreas)),
    ...findFingers(forAreas).map((finger) =>
      at('finger', hidesPrint(finger, print, forAreas, forPrint) ? 'bad' : 'warn', finger, forAreas),
    ),
    ...[findShadow(forAreas, print, forPrint.dpi)].flatMap((shadow) =>
      shadow ? [at('shadow', shadow.severity, shadow.where, forAreas)] : [],
    ),
    ...cutOff(forPrint, print),
    ...(dpi < MIN_DPI ? [{ code: 'low-resolution', severity: surely ? 'bad' : 'warn' } as const] : []),
  ];
  const bad = findings.filter(({ severity }) => severity === 'bad');
  return {
    ...facts,
    ok: bad.length === 0,
    findings: [...bad, ...findings.filter(({ severity }) => severity === 'warn')],
    edgeWidth: sharpness === undefined ? null : Math.round(sharpness.edgeWidth * 100) / 100,
  };
}

function cutOff(sheet: SheetPicture, print: Print): readonly QualityFinding[] {
  const cuts = findCutPrint(sheet, print);
  const paper = findCutPaper(sheet, print);
  const all = paper && cuts.length === 0 ? [...cuts, { side: paper, severity: 'warn' } as const] : cuts;
  return all.map(({ side, severity }) => ({ code: 'cut-off-edge', severity, where: stripAt(side) }));
}

function blur(sharpness: Sharpness | undefined, dpi: number): readonly QualityFinding[] {
  if (sharpness === undefined) return [];
  const { edgeWidth, anisotropy } = sharpness;
  const moved = anisotropy >= ANISOTROPY.warn;
  // As sharp as so few pixels can be: that is the resolution's fault.
  if (!moved && (edgeWidth * dpi) / 25.4 < SHARP_PIXELS) return [];
  if (edgeWidth >= EDGE_WIDTH.bad || anisotropy >= ANISOTROPY.bad) return [{ code: 'blur', severity: 'bad' }];
  return moved || edgeWidth >= EDGE_WIDTH.warn ? [{ code: 'blur', severity: 'warn' }] : [];
}

/** Letters close around a finger: there are some under it, too. */
function hidesPrint(finger: Component, print: Print, areas: SheetPicture, forPrint: SheetPicture): boolean {
  const scale = forPrint.dpi / areas.dpi;
  const margin = (4 / 25.4) * forPrint.dpi;
  return (
    print.letters.filter(
      (letter) =>
        letter.x + letter.width > finger.x * scale - margin &&
        letter.x < (finger.x + finger.width) * scale + margin &&
        letter.y + letter.height > finger.y * scale - margin &&
        letter.y < (finger.y + finger.height) * scale + margin,
    ).length >= 4
  );
}

function at(
  code: QualityCode,
  severity: QualityFinding['severity'],
  part: Component,
  { image }: SheetPicture,
): QualityFinding {
  const where = {
    x: part.x / image.width,
    y: part.y / image.height,
    width: Math.min(1, part.width / image.width),
    height: Math.min(1, part.height / image.height),
  };
  return { code, severity, where };
}

const STRIP = 0.04;

function stripAt(side: Side): Box {
  switch (side) {
    case 'left':
      return { x: 0, y: 0, width: STRIP, height: 1 };
    case 'right':
      return { x: 1 - STRIP, y: 0, width: STRIP, height: 1 };
    case 'top':
      return { x: 0, y: 0, width: 1, height: STRIP };
    case 'bottom':
      return { x: 0, y: 1 - STRIP, width: 1, height: STRIP };
  }
}

import { ok, type Result, unreachable } from '@motcua/core';
import { type EngineError, type RecognitionEngine, withSecondTry } from './engine.ts';
import { type EngineFacts, jsEngineFacts } from './engine-facts.ts';
import { type LanguageData, unpackLanguageData } from './language-data.ts';
import { tesseractVersion } from './tesseract-program.ts';

/** `auto`: the installed program `tesseract` where there is one, else tesseract.js. */
export type EngineChoice = 'auto' | 'js' | 'native';

/** What was decided, as plain data: it travels to the worker processes. */
export interface EnginePlan {
  readonly facts: EngineFacts;
  readonly data: LanguageData;
  /** Per picture that the native program reads. */
  readonly timeoutMs: number;
  /** What reads a picture on which the native program failed: itself once more, or tesseract.js. */
  readonly secondTry: 'js' | 'native';
}

/** `scratch` makes an empty folder for data that must be unpacked; whoever calls removes it after the last reading. */
export async function chooseEngine(
  choice: EngineChoice,
  options: {
    readonly data: LanguageData;
    readonly timeoutMs: number;
    readonly scratch: () => Promise<string>;
  },
): Promise<Result<EnginePlan, EngineError>> {
  const { data, timeoutMs, scratch } = options;
  const js: EnginePlan = { facts: jsEngineFacts, data, timeoutMs, secondTry: 'js' };
  if (choice === 'js') return ok(js);
  const version = await tesseractVersion();
  if (!version.ok) return choice === 'auto' ? ok(js) : version;
  return ok({
    facts: { name: 'tesseract', version: version.value },
    data: data.gzip ? await unpackLanguageData(data, await scratch()) : data,
    timeoutMs,
    secondTry: choice === 'auto' ? 'js' : 'native',
  });
}

export async function openEngine(plan: EnginePlan): Promise<RecognitionEngine> {
  if (plan.facts.name === 'tesseract.js') return openSecondEngine(plan);
  const { openLoadedEngine, openNativeEngine } = await import('./native-engine.ts');
  const first = (await openLoadedEngine(plan)) ?? openNativeEngine(plan);
  return withSecondTry(first, () => openSecondEngine(plan));
}

/** What reads a picture on which the first engine failed, and a page over which a process died. */
export async function openSecondEngine({ secondTry, ...plan }: EnginePlan): Promise<RecognitionEngine> {
  // Each is loaded only where it reads.
  switch (secondTry) {
    case 'js':
      return (await import('./js-engine.ts')).openJsEngine(plan.data);
    case 'native':
      return (await import('./native-engine.ts')).openNativeEngine(plan);
    default:
      return unreachable(secondTry);
  }
}

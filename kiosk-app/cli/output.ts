/** Exit status of every command: the answer is yes, the answer is no, there is no answer or it was used wrongly. */
export const exitStatus = { ok: 0, no: 1, cannotTell: 2, usage: 2 } as const;

/** What a command prints: lines for people, or one JSON object. Faults go to standard error. */
export interface Output {
  line(text: string): void;
  json(value: unknown): void;
  fault(text: string): void;
  /** Whether `json` has answered already. */
  readonly answered: boolean;
  /** What `fault` has said so far. */
  readonly faults: readonly string[];
}

function terminalOutput(): Output {
  const faults: string[] = [];
  let answered = false;
  return {
    line: (text) => process.stdout.write(`${text}\n`),
    json: (value) => {
      answered = true;
      process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    fault: (text) => {
      faults.push(text);
      process.stderr.write(`${text}\n`);
    },
    get answered() {
      return answered;
    },
    faults,
  };
}

export const standardOutput: Output = terminalOutput();

/** Sets the exit status without cutting off what is still being written. */
export function finish(status: 0 | 1 | 2): void {
  process.exitCode = status;
}

/** A sentence of the catalogue of problems, in both languages, for a terminal. */
export function sayProblem(
  output: Output,
  words: { what: { vi: string; en: string }; next: { vi: string; en: string } },
): void {
  output.fault(`${words.what.vi} ${words.next.vi}`);
  output.fault(`${words.what.en} ${words.next.en}`);
}

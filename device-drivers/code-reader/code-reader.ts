/** One QR or bar-code reader. It delivers whole codes as raw bytes; decoding and repair come after (`decodeCode`). */
export interface CodeReader {
  readonly uri: string;
  condition(): 'ready' | 'absent';
  onCondition(listener: (condition: 'ready' | 'absent') => void): () => void;
  onCode(listener: (code: Uint8Array) => void): () => void;
  close(): Promise<void>;
}

import Database from 'better-sqlite3';

/**
 * Makes what a file stands for this process's own until it ends, however it ends: SQLite's locks are the kernel's, and
 * Node has no others. Returns what gives it back.
 *
 * @throws when another process has it.
 */
export function lockExclusively(file: string): () => void {
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    throw new Error('another gateway uses this folder', { cause: error });
  }
  return () => lock.close();
}

/**
 * A database file in memory, read and changed by SQLite.
 *
 * SQLite is the one inside SQLCipher, as WebAssembly: a third of the size of other builds that need no compiler. Its own cipher is
 * not used: a page that is damaged, or a log that is, would cost rows and no word. It is loaded when the first file is opened.
 */

export type SqlValue = string | number | null;

export interface SqliteImage {
  /** What is made of the rows of a statement, one after the other. Throws what SQLite says of it. */
  rows<T = readonly SqlValue[]>(sql: string, values?: readonly SqlValue[], make?: (row: readonly SqlValue[]) => T): T[];
  /** The file as it is now. */
  bytes(): Uint8Array;
  close(): void;
}

/** Functions of the WebAssembly that are called; a pointer is a number. */
interface SqliteModule {
  readonly FS: {
    writeFile(path: string, bytes: Uint8Array): void;
    readFile(path: string): Uint8Array;
    unlink(path: string): void;
  };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  getValue(pointer: number, type: 'i32'): number;
  UTF8ToString(pointer: number): string;
  stringToUTF8(text: string, pointer: number, bytes: number): void;
  lengthBytesUTF8(text: string): number;
  _sqlite3_open_v2(path: number, handle: number, flags: number, vfs: number): number;
  _sqlite3_close(handle: number): number;
  _sqlite3_errmsg(handle: number): number;
  _sqlite3_prepare_v2(handle: number, sql: number, bytes: number, statement: number, rest: number): number;
  _sqlite3_step(statement: number): number;
  _sqlite3_finalize(statement: number): number;
  _sqlite3_column_count(statement: number): number;
  _sqlite3_column_type(statement: number, column: number): number;
  _sqlite3_column_double(statement: number, column: number): number;
  _sqlite3_column_text(statement: number, column: number): number;
  _sqlite3_bind_double(statement: number, index: number, value: number): number;
  _sqlite3_bind_null(statement: number, index: number): number;
  _sqlite3_bind_text(statement: number, index: number, text: number, bytes: number, destructor: number): number;
}

/** Numbers of SQLite's C interface. */
const OK = 0;
const ROW = 100;
const DONE = 101;
const READ_AND_WRITE = 2;
const TRANSIENT = -1;
const TYPE = { integer: 1, float: 2, text: 3 } as const;

let loaded: Promise<SqliteModule> | null = null;
let opened = 0;

async function load(): Promise<SqliteModule> {
  const { default: init } = await import('@7mind.io/sqlcipher-wasm/dist/sqlcipher.mjs');
  // It tells of each page that it does not like; what matters of that is thrown.
  return init({ print: () => {}, printErr: () => {} }) as Promise<SqliteModule>;
}

/** Gives up the memory of SQLite, which an import needs no more once it has its library; another image loads it again. */
export function unloadSqlite(): void {
  loaded = null;
}

/** Opens a copy. @param bytes of a database file; none: an empty database */
export async function openImage(bytes: Uint8Array): Promise<SqliteImage> {
  loaded ??= load();
  const sqlite = await loaded;
  opened += 1;
  const path = `/${opened}.db`;
  sqlite.FS.writeFile(path, bytes);
  try {
    return imageIn(sqlite, path);
  } catch (error) {
    sqlite.FS.unlink(path);
    throw error;
  }
}

function imageIn(sqlite: SqliteModule, path: string): SqliteImage {
  const handle = withText(sqlite, path, name =>
    withPointer(sqlite, at => {
      sqlite._sqlite3_open_v2(name, at, READ_AND_WRITE, 0);
      return sqlite.getValue(at, 'i32');
    }),
  );
  let isOpen = true;
  const image: SqliteImage = {
    rows<T>(sql: string, values: readonly SqlValue[] = [], make = (row: readonly SqlValue[]): T => row as T) {
      try {
        return rowsOf(sqlite, handle, { sql, values, make });
      } catch (error) {
        // What WebAssembly itself stops at leaves a memory that nobody can rely on.
        if ((error as Error).name === 'RuntimeError') loaded = null;
        throw error;
      }
    },
    bytes: () => sqlite.FS.readFile(path),
    close() {
      if (!isOpen) return;
      isOpen = false;
      sqlite._sqlite3_close(handle);
      sqlite.FS.unlink(path);
    },
  };
  // Journals would be files beside it.
  image.rows('PRAGMA journal_mode = MEMORY');
  return image;
}

interface Asked<T> {
  readonly sql: string;
  readonly values: readonly SqlValue[];
  readonly make: (row: readonly SqlValue[]) => T;
}

function rowsOf<T>(sqlite: SqliteModule, handle: number, { sql, values, make }: Asked<T>): T[] {
  const fault = (): Error => new Error(sqlite.UTF8ToString(sqlite._sqlite3_errmsg(handle)));
  const statement = withText(sqlite, sql, text =>
    withPointer(sqlite, at => {
      if (sqlite._sqlite3_prepare_v2(handle, text, -1, at, 0) !== OK) throw fault();
      return sqlite.getValue(at, 'i32');
    }),
  );
  try {
    for (const [i, value] of values.entries()) bind(sqlite, statement, i + 1, value);
    const columns = sqlite._sqlite3_column_count(statement);
    const found: T[] = [];
    for (;;) {
      const result = sqlite._sqlite3_step(statement);
      if (result === DONE) return found;
      if (result !== ROW) throw fault();
      found.push(make(Array.from({ length: columns }, (_, column) => valueAt(sqlite, statement, column))));
    }
  } finally {
    sqlite._sqlite3_finalize(statement);
  }
}

function bind(sqlite: SqliteModule, statement: number, index: number, value: SqlValue): void {
  if (value === null) sqlite._sqlite3_bind_null(statement, index);
  else if (typeof value === 'number') sqlite._sqlite3_bind_double(statement, index, value);
  else withText(sqlite, value, text => sqlite._sqlite3_bind_text(statement, index, text, -1, TRANSIENT));
}

/** Numbers beyond 2^53 are rounded; bytes that are neither number nor text are null. */
function valueAt(sqlite: SqliteModule, statement: number, column: number): SqlValue {
  switch (sqlite._sqlite3_column_type(statement, column)) {
    case TYPE.integer:
    case TYPE.float:
      return sqlite._sqlite3_column_double(statement, column);
    case TYPE.text:
      return sqlite.UTF8ToString(sqlite._sqlite3_column_text(statement, column));
    default:
      return null;
  }
}

function withText<T>(sqlite: SqliteModule, text: string, use: (pointer: number) => T): T {
  const bytes = sqlite.lengthBytesUTF8(text) + 1;
  const pointer = sqlite._malloc(bytes);
  try {
    sqlite.stringToUTF8(text, pointer, bytes);
    return use(pointer);
  } finally {
    sqlite._free(pointer);
  }
}

function withPointer<T>(sqlite: SqliteModule, use: (pointer: number) => T): T {
  const pointer = sqlite._malloc(4);
  try {
    return use(pointer);
  } finally {
    sqlite._free(pointer);
  }
}
